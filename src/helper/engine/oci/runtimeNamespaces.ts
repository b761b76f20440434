/**
 * Namespaces of the machine that a runtime's container is to join, by files of /proc. Around root's
 * runtime /proc is that of a PID namespace of its own (aroundRuntime), where those files are not: the
 * runtime is started in these namespaces instead, and finds them as its own. Used by runtimeConfig.ts.
 */
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { RuntimeName } from '../../../core/config/engine';
import { type NamespaceType, namespaceTypes } from '../../../core/config/namespaceTypes';
import type { OciConfig } from '../../../core/config/schema';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';

/** Those that change nothing for the runtime itself. */
const enterable: ReadonlySet<NamespaceType> = new Set(['network', 'ipc', 'uts']);

/** Words before a command that puts root's runtime into them; none where there is nothing to enter. */
export function enterNamespaces(config: OciConfig): string[] {
  const flags = config.linux.namespaces.flatMap(({ type, path: file }) =>
    isOfProc(file) && enterable.has(type) ? [`${namespaceTypes[type].flag}=${file}`] : [],
  );
  return flags.length > 0 ? ['nsenter', ...flags, '--'] : [];
}

/** The entries as that runtime is to read them. */
export function enteredNamespaces(config: OciConfig): OciConfig['linux']['namespaces'] {
  return config.linux.namespaces.map((one) =>
    isOfProc(one.path) && enterable.has(one.type)
      ? { ...one, path: `/proc/self/ns/${namespaceTypes[one.type].file}` }
      : one,
  );
}

/** @throws TerrariumError `namespace-path` for one that root's runtime could not reach */
export function requireReachable(runtime: RuntimeName, { name, config }: Bundle): void {
  for (const { type, path: file } of config.linux.namespaces) {
    if (file === undefined) continue;
    const asks = `“${escapeControlCharacters(name)}” asks to join the ${type} namespace at ${escapeControlCharacters(file)}; `;
    // setns(2): only one's own PID namespace or one below it.
    if (type === 'pid')
      throw new TerrariumError(
        'namespace-path',
        `${asks}with root ${runtime} has a pid namespace of its own, which ends it with its helper, and from there no other can be joined.`,
        'Remove "path" from that entry of linux.namespaces in config.json.',
      );
    if (isOfProc(file) && !enterable.has(type))
      throw new TerrariumError(
        'namespace-path',
        `${asks}with root ${runtime} has a /proc of its own, where that file is not.`,
        'Name a bind of it outside /proc (mount --bind) in linux.namespaces of config.json.',
      );
  }
}

function isOfProc(file: string | undefined): file is string {
  return file !== undefined && path.posix.resolve('/', file).startsWith('/proc/');
}

/**
 * Namespaces of the machine that a container joins by a path in /proc. root's runtime has a PID namespace and
 * a /proc of its own (aroundRuntime), without those files. So the runtime is started in these namespaces, and
 * the container inherits them. Used by runtimeConfig.ts.
 */
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { RuntimeName } from '../../../core/config/engine';
import { type NamespaceType, namespaceTypes } from '../../../core/config/namespaceTypes';
import type { OciConfig } from '../../../core/config/schema';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';

/** The types that do not change how the runtime works. */
const enterable: ReadonlySet<NamespaceType> = new Set(['network', 'ipc', 'uts']);

/** The command prefix that puts root's runtime into them; empty where there is none to enter. */
export function enterNamespaces(config: OciConfig): string[] {
  const flags = config.linux.namespaces.flatMap(({ type, path: file }) =>
    isOfProc(file) && enterable.has(type) ? [`${namespaceTypes[type].flag}=${file}`] : [],
  );
  return flags.length > 0 ? ['nsenter', ...flags, '--'] : [];
}

/** The entries as the runtime reads them. */
export function enteredNamespaces(config: OciConfig): OciConfig['linux']['namespaces'] {
  return config.linux.namespaces.map((one) =>
    isOfProc(one.path) && enterable.has(one.type)
      ? { ...one, path: `/proc/self/ns/${namespaceTypes[one.type].file}` }
      : one,
  );
}

/** @throws TerrariumError `namespace-path` for a file that root's runtime cannot open */
export function requireReachable(runtime: RuntimeName, { name, config }: Bundle): void {
  for (const { type, path: file } of config.linux.namespaces) {
    if (file === undefined) continue;
    const asks = `“${escapeControlCharacters(name)}” asks to join the ${type} namespace at ${escapeControlCharacters(file)}; `;
    // setns(2): only the caller's PID namespace or a descendant of it.
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

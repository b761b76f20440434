/** The `config.json` that an installed runtime is given. Used by launchRuntime.ts. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { runtimeOf } from '../../../core/config/engine';
import { isBind } from '../../../core/config/mountKinds';
import type { OciConfig } from '../../../core/config/schema';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { runtimeMappings } from '../../../core/sequence/userNamespace';
import { enterNamespaces, enteredNamespaces } from './runtimeNamespaces';

/**
 * The bundle's own document, with what Terrarium adds: absolute paths (it lies elsewhere), the
 * command that `run` was given, whether there is a terminal, where its cgroup is to be, and the id
 * mappings where the file leaves them out, which runtimes insist on.
 */
export function runtimeConfig(
  bundle: Bundle,
  facts: HostFacts,
  terminal: boolean,
  cgroupsPath?: string,
): object {
  const { config } = bundle;
  const document = (bundle.document ?? config) as Partial<OciConfig>;
  const root = facts.privilege === 'root';
  const namespaces = root ? enteredNamespaces(config) : [...config.linux.namespaces];
  if (!root && !namespaces.some(({ type }) => type === 'user')) namespaces.push({ type: 'user' });
  const user = namespaces.find(({ type }) => type === 'user');
  const { uid, gid } = runtimeMappings(runtimeOf(config), config, facts);
  return {
    ...document,
    root: { ...document.root, path: bundle.rootfs },
    process: { ...document.process, args: config.process.args, terminal },
    mounts: (document.mounts ?? []).map((mount, index) => {
      const known = config.mounts[index];
      return known && isBind(known)
        ? { ...mount, source: path.resolve(bundle.path, mount.source ?? '') }
        : mount;
    }),
    linux: {
      ...document.linux,
      namespaces,
      ...(cgroupsPath === undefined ? {} : { cgroupsPath }),
      ...(user && user.path === undefined ? { uidMappings: uid, gidMappings: gid } : {}),
    },
  };
}

/**
 * The commands before a runtime's own, which end it with who started it. A runtime that is killed leaves
 * its container running; in a PID namespace of its own nothing outlives it, and that takes root. What the
 * machine mounts meanwhile reaches a container's slave binds there too (mount_namespaces(7)).
 */
export function aroundRuntime(root: boolean, config: OciConfig): string[][] {
  return [
    ['setpriv', `--pdeathsig=${root ? 'KILL' : 'TERM'}`, '--'],
    ...(root
      ? [
          enterNamespaces(config),
          [
            ...['unshare', '--pid', '--fork', '--kill-child'],
            ...['--mount', '--propagation=slave', '--mount-proc'],
          ],
        ].filter((words) => words.length > 0)
      : []),
  ];
}

/**
 * Go reads RLIM_INFINITY and its like as uint64, and a limit of memory as int64: what a double made of
 * the largest of either must become that again.
 */
export function runtimeText(config: object): string {
  const mark = `int64-${randomBytes(8).toString('hex')}`;
  const text = JSON.stringify(config, (_, value: unknown) =>
    typeof value === 'number' && value >= 2 ** 63 ? `${mark}${value > 2 ** 63 ? 'u' : ''}` : value,
  );
  return text
    .replaceAll(`"${mark}u"`, '18446744073709551615')
    .replaceAll(`"${mark}"`, '9223372036854775807');
}

/** The `config.json` that an installed runtime is given. Used by launchRuntime.ts. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { runtimeOf } from '../../../core/config/engine';
import { isBind } from '../../../core/config/mountKinds';
import type { OciConfig } from '../../../core/config/schema';
import { withoutEmulators } from '../../../core/sequence/emulationSteps';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { runtimeMappings } from '../../../core/sequence/userNamespace';
import { enterNamespaces, enteredNamespaces } from './runtimeNamespaces';

/**
 * The bundle's config.json with Terrarium's additions: absolute paths (it is written elsewhere), the
 * command of `run`, `terminal`, `cgroupsPath`, and the id mappings where the file has none (runtimes
 * require them).
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
    process: {
      ...document.process,
      args: config.process.args,
      terminal,
      ...(facts.emulation ? { env: withoutEmulators(config.process.env, facts) } : {}),
    },
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
 * The commands before a runtime's own, which end it with its parent. A killed runtime leaves its container
 * running. A PID namespace makes the kernel kill every process with the runtime; it needs root. Later mounts
 * of the machine still propagate to a container's slave binds (mount_namespaces(7)).
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
 * Go parses rlimits as uint64 and memory limits as int64. A double rounds the maximum of either up; this
 * writes the maximum again.
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

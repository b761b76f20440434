/** linux.namespaces: which are made anew, which are entered, and what has to be among them. */
import type { Bundle } from '../bundle/loadBundle';
import { isBind } from '../config/mountKinds';
import type { NamespaceType } from '../config/namespaceTypes';
import type { OciConfig } from '../config/schema';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { StepOf } from './step';

/** What can be entered before the rest is made: the mounts and processes of another are not ours to use. */
const joinable: ReadonlySet<NamespaceType> = new Set(['network', 'ipc', 'uts', 'cgroup', 'time']);

/** @throws TerrariumError where one is asked for that this engine cannot join, or none for mounts */
export function namespacesOf(config: OciConfig, name: string): Set<NamespaceType> {
  const types = new Set<NamespaceType>();
  for (const namespace of config.linux?.namespaces ?? []) {
    if (namespace.path !== undefined && !joinable.has(namespace.type)) {
      throw new TerrariumError(
        'namespace-path',
        `“${name}” asks to join the ${namespace.type} namespace at ${namespace.path}; the built-in engine makes that one anew.`,
        `Remove "path" from that entry of linux.namespaces in config.json${otherEngine(namespace.type)}.`,
      );
    }
    types.add(namespace.type);
  }
  if (!types.has('mount')) {
    throw new TerrariumError(
      'mount-namespace-missing',
      `“${name}” has no mount namespace, so its mounts would be made on this machine itself.`,
      'Add { "type": "mount" } to linux.namespaces in config.json.',
    );
  }
  return types;
}

/**
 * The kernel makes these for who owns the namespace that they show (mount_capable in fs/super.c,
 * sysfs_init_fs_context in fs/sysfs/mount.c).
 */
const shows = {
  proc: { type: 'pid', what: 'the processes' },
  sysfs: { type: 'network', what: 'the network' },
} as const;

/**
 * For a container with a user namespace.
 * @throws TerrariumError `pid-namespace-missing`, `network-namespace-missing`
 */
export function requireOwn({ name, config }: Bundle, wanted: ReadonlySet<string>): void {
  for (const mount of config.mounts) {
    const filesystem = mount.type;
    if ((filesystem !== 'proc' && filesystem !== 'sysfs') || isBind(mount)) continue;
    const { type, what } = shows[filesystem];
    if (wanted.has(type)) continue;
    throw new TerrariumError(
      `${type}-namespace-missing`,
      `“${escapeControlCharacters(name)}” mounts ${filesystem} at ${escapeControlCharacters(mount.destination)} in a user namespace without a ${type} namespace: it would show ${what} of this machine, which the kernel allows its root only.`,
      `Add { "type": "${type}" } to linux.namespaces in config.json, or remove that mount.`,
    );
  }
}

/** What a runtime can do of that where it is root (runtimeNamespaces.ts). */
function otherEngine(type: string): string {
  return type === 'pid'
    ? ''
    : ', or name a bind of it outside /proc and set dev.terrarium.engine to "crun" or "runc"';
}

export function joinedNamespaces(config: OciConfig): Map<NamespaceType, string> {
  return new Map(
    config.linux.namespaces.flatMap(({ type, path }) =>
      path === undefined ? [] : [[type, path] as const],
    ),
  );
}

export function joinStep(joined: ReadonlyMap<NamespaceType, string>): StepOf<'join'> {
  return {
    id: 'join',
    where: 'host',
    ...{ kind: 'join', paths: [...joined] },
    why: `Enter the namespaces that exist already (${[...joined.keys()].join(', ')})`,
  };
}

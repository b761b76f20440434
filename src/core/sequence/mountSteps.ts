/** `mounts` of config.json as mount(8) commands. Used by `planStart`. */
import path from 'node:path';
import type { Bundle } from '../bundle/loadBundle';
import type { Mount, OciConfig } from '../config/schema';
import type { StartWay } from '../config/startWay';
import { TerrariumError } from '../errors';
import { isCgroupMount, isOwnPlace, sourceOf } from '../config/mountKinds';
import { isTravelling } from '../config/mountOption';
import { isForeignOption, withoutRecursion } from '../config/unsupported';
import type { HostFacts } from './hostFacts';
import { idMapped } from './idMappedMount';
import { type SourceKind, isNoDisk } from './mountSources';
import { withFlags } from './mountFlags';
import { inParent } from './mountTargets';
import { writable } from './readOnlyLater';
import type { Step, StepOf } from './step';
import type { Mappings } from './userNamespace';

/** Options that say what kind of mount it is; mount(8) takes the rest after -o. */
const bindOptions = new Set(['bind', 'rbind']);

/** mount_namespaces(7); with r for everything below too. */
const propagations = new Set(
  ['private', 'slave', 'shared', 'unbindable'].flatMap((one) => [one, `r${one}`]),
);

/**
 * Each mount happens in the folder itself (`cwd`, then "."), entered without following a symlink:
 * a path that a hostile rootfs could bend is never handed to mount(2) (`-c` keeps mount(8) from
 * making one).
 * @param later those that another step makes read-only
 */
export function mountSteps(
  bundle: Bundle,
  { sources, flags, privilege }: Pick<HostFacts, 'sources' | 'flags' | 'privilege'>,
  way: StartWay,
  later: ReadonlySet<Mount>,
  users: Pick<Mappings, 'uid' | 'gid'> | undefined,
): Step[] {
  const steps: Step[] = [];
  const made: OciConfig['mounts'] = [];
  const ownCgroups = bundle.config.linux.namespaces.some(
    ({ type, path }) => type === 'cgroup' && path === undefined,
  );
  for (const mount of bundle.config.mounts) {
    const destination = path.posix.resolve('/', mount.destination);
    if (destination === '/' || mount.destination.split('/').includes('..')) {
      throw new TerrariumError(
        'mount-destination',
        `“${bundle.name}”: a mount's destination is “${mount.destination}”, which is not a place inside the rootfs.`,
        'Give an absolute path below / without “..” in config.json.',
      );
    }
    const asked = mount.options ?? [];
    const options = way === 'program' ? asked : asked.map(withoutRecursion);
    checkSize(bundle.name, destination, options);
    const isCgroup = isCgroupMount(mount);
    const lent = isCgroup && !ownCgroups ? lendCgroups(bundle, mount) : {};
    const bind =
      options.find((option) => bindOptions.has(option)) ??
      (mount.type === 'bind' ? 'bind' : lent.bind);
    const propagation = options.filter((option) => propagations.has(option));
    const rest = options.filter(
      (option) =>
        !bindOptions.has(option) &&
        !propagations.has(option) &&
        !isForeignOption(option, mount, way) &&
        !/^(r?idmap|defaults)$/.test(option),
    );
    const why = whyOf(destination, mount.type, bind, rest.includes('tmpcopyup'));
    const source = lent.source ?? sourceOf(bundle, mount.source);
    const kind = bind && !lent.bind ? sources.get(source) : 'directory';
    const place = mountPlace(
      destination,
      kind,
      way === 'program' || isOwnPlace(made, path.posix.dirname(destination)),
    );
    if (bind) {
      if (!kind) {
        throw new TerrariumError(
          'mount-source-missing',
          `“${bundle.name}”: ${source}, to be bound to ${destination}, is not there or not for you to see.`,
          'Create it, or correct "source" in config.json.',
        );
      }
      const more =
        way === 'program' && !lent.bind ? bindExtras(bundle, mount, privilege, users) : {};
      const kept = rest.length ? withFlags(rest, flags.get(source)) : rest;
      if (kind !== 'directory') {
        steps.push(
          ...fileSteps(place, { recursive: bind === 'rbind', source, ...more }, kept, why),
        );
      } else {
        steps.push({
          id: `mount:${destination}`,
          where: 'namespaces',
          ...{ kind: 'bind', recursive: bind === 'rbind', source, name: '.', options: [], ...more },
          cwd: destination,
          why,
        });
        if (rest.length) steps.push(flagsStep(place, kept));
      }
    } else {
      const type = isCgroup ? 'cgroup2' : (mount.type ?? 'none');
      const from = mount.source || type; // mount(8) would make a place of an empty one
      if (isNoDisk(mount, sources)) {
        throw new TerrariumError(
          'mount-source-disk',
          `“${bundle.name}”: ${destination} asks for a filesystem of type ${type} from “${from}”, which is no device by its path.`,
          'Name a block device such as /dev/sdb1 in "source" of config.json; an image file has to be mounted by you, and its folder bound.',
        );
      }
      const own = later.has(mount) ? writable(rest) : rest;
      steps.push({
        id: `mount:${destination}`,
        where: 'namespaces',
        ...{ kind: 'mount', type, source: from, name: '.', options: own },
        cwd: destination,
        why,
      });
    }
    if (propagation.length) steps.push(propagationStep(place, propagation));
    made.push(mount);
  }
  return steps.map((step, index) => ({ ...step, id: unique(steps, step.id, index) }));
}

/** What terrarium-init does for a bind beside it: it follows the machine's mounts, and maps ids. */
function bindExtras(
  bundle: Bundle,
  mount: Mount,
  privilege: HostFacts['privilege'],
  users: Pick<Mappings, 'uid' | 'gid'> | undefined,
): Pick<StepOf<'bind'>, 'follows' | 'mapped'> {
  const mapped = idMapped(bundle, mount, privilege, users);
  return {
    ...(mount.options?.some(isTravelling) ? { follows: true as const } : {}),
    ...(mapped ? { mapped } : {}),
  };
}

/**
 * Outside a cgroup namespace each mount of cgroup2 sets the options of the machine's own hierarchy anew
 * (cgroups(7); `apply_cgroup_root_flags` of kernel/cgroup/cgroup.c), so that one is lent, as runc does.
 */
function lendCgroups(
  { name }: Bundle,
  { type, destination }: OciConfig['mounts'][number],
): { readonly bind?: string; readonly source?: string } {
  if (type === 'cgroup') return { bind: 'rbind', source: '/sys/fs/cgroup' };
  throw new TerrariumError(
    'cgroup-mount-host',
    `“${name}” mounts cgroup2 at ${destination} without a cgroup namespace, which would change how the cgroups of this machine work.`,
    'Add { "type": "cgroup" } to linux.namespaces in config.json, or mount the type cgroup.',
  );
}

/** Where a mount goes: the folder to be entered, and the name there. */
interface MountPlace {
  readonly destination: string;
  readonly cwd: string;
  readonly name: string;
  readonly pinned?: true;
}

function mountPlace(destination: string, kind: SourceKind | undefined, isOwn: boolean): MountPlace {
  if (kind === 'directory') return { destination, cwd: destination, name: '.' };
  const { cwd, name } = inParent(destination);
  return { destination, cwd, name, ...(isOwn ? {} : { pinned: true }) };
}

/** A bind on a file; its options in a second command where the file is opened anew for each. */
function fileSteps(
  { destination, cwd, name, pinned }: MountPlace,
  bind: Pick<StepOf<'bind'>, 'recursive' | 'source' | 'follows' | 'mapped'>,
  options: readonly string[],
  why: string,
): Step[] {
  return [
    {
      id: `file:${destination}`,
      where: 'namespaces',
      ...{ kind: 'createFiles', names: [name] },
      cwd,
      why: 'Create a file as the mount point',
    },
    {
      id: `mount:${destination}`,
      where: 'namespaces',
      ...{
        kind: 'bind',
        ...bind,
        name,
        options: pinned ? [] : options,
      },
      ...(pinned ? { pinned } : {}),
      cwd,
      why,
    },
    ...(pinned && options.length ? [flagsStep({ destination, cwd, name }, options)] : []),
  ];
}

/**
 * A second command, because a folder or file is what it was before until it is entered anew. By name also
 * where that may be swapped: only a mount has flags, and all that can be missed is seen by `verifyMounts`.
 */
function flagsStep({ destination, cwd, name }: MountPlace, options: readonly string[]): Step {
  return {
    id: `flags:${destination}`,
    where: 'namespaces',
    ...{ kind: 'remount', name, options },
    cwd,
    why: `Set its mount options: ${options.join(', ')}`,
  };
}

/** Of the mount itself, so its place is entered anew. */
function propagationStep({ destination, cwd, name }: MountPlace, options: readonly string[]): Step {
  return {
    id: `propagation:${destination}`,
    where: 'namespaces',
    ...{ kind: 'propagation', name, changes: options },
    cwd,
    why: `Set the mount propagation of ${destination}`,
  };
}

function unique(steps: readonly Step[], id: string, index: number): string {
  return steps.findIndex((step) => step.id === id) === index ? id : `${id}#${index}`;
}

/** tmpfs takes size=0 for "no limit" and wraps what it cannot hold: neither is what anybody meant. */
function checkSize(name: string, destination: string, options: readonly string[]): void {
  for (const option of options) {
    const size = /^size=(.*)$/.exec(option)?.[1];
    if (size === undefined) continue;
    const parts = /^(\d{1,18})([kmg%]?)$/i.exec(size);
    const factor =
      { '': 1n, k: 1n << 10n, m: 1n << 20n, g: 1n << 30n, '%': 1n }[
        parts?.[2]?.toLowerCase() ?? ''
      ] ?? 1n;
    if (!parts || BigInt(parts[1]!) === 0n || BigInt(parts[1]!) * factor >= 1n << 62n) {
      throw new TerrariumError(
        'tmpfs-size',
        `“${name}”: ${destination} asks for a tmpfs of “${size}”.`,
        'Give a size above zero such as 64m.',
      );
    }
  }
}

function whyOf(
  destination: string,
  type: string | undefined,
  bind: string | undefined,
  copies: boolean,
): string {
  if (bind) return `Bind a folder or file of the host to ${destination}`;
  if (copies)
    return `Mount a tmpfs at ${destination}, with a copy of what is there (cp -a before it covers that)`;
  if (destination === '/dev' && type === 'tmpfs') return 'Mount an empty tmpfs at /dev';
  const known: Record<string, string> = {
    proc: 'Mount a procfs: it shows only the processes of this PID namespace',
    sysfs: 'Mount sysfs: the kernel’s view of devices',
    tmpfs: `Mount an empty tmpfs at ${destination}`,
    devpts: 'Mount a devpts of its own: its pseudo-terminals are not those of the host',
    mqueue: 'Mount the POSIX message queues of its IPC namespace',
  };
  return known[type ?? ''] ?? `Mount ${type ?? 'a filesystem'} at ${destination}`;
}

/** `mounts` of config.json as volumes of a Pod. Pure; used by podManifest.ts. */
import path from 'node:path';
import type { IVolume, IVolumeMount } from 'kubernetes-models/v1';
import { isBind } from '../config/mountKinds';
import type { Mount, OciConfig } from '../config/schema';
import { type Unsaid, shown } from './unsaid';

export interface Volumes {
  readonly volumes: IVolume[];
  readonly mounts: IVolumeMount[];
  readonly unsaid: readonly Unsaid[];
}

/** Every runtime mounts these by itself. */
const given: Readonly<Record<string, readonly string[]>> = {
  '/proc': ['proc'],
  '/dev': ['tmpfs'],
  '/dev/pts': ['devpts'],
  '/dev/mqueue': ['mqueue'],
  '/sys': ['sysfs'],
  '/sys/fs/cgroup': ['cgroup', 'cgroup2'],
};

/** Of /dev/shm, of all runtimes. */
const usualShm = 64 * 1024 * 1024;

/** @param folder of the bundle */
export function volumesOf({ mounts }: Pick<OciConfig, 'mounts'>, folder: string): Volumes {
  const made: { volume: IVolume; mount: IVolumeMount }[] = [];
  const unsaid: Unsaid[] = [];
  // A later mount at the same place hides the one before it; a Pod takes one for each.
  const last = new Map(mounts.map((mount) => [path.posix.normalize(mount.destination), mount]));
  for (const [place, mount] of last) {
    if (isGiven(place, mount)) continue;
    const source = sourceOf(mount, folder);
    const reason = source === undefined ? notAVolume(mount) : badPlace(place, source);
    if (source === undefined || reason !== undefined) {
      unsaid.push(['mounts', `${shown(place)}: ${reason}`]);
      continue;
    }
    const name = `volume-${made.length + 1}`;
    made.push({ volume: { name, ...source }, mount: mountOf(name, place, mount) });
    unsaid.push(...limitsOf(place, mount, source));
  }
  return {
    volumes: made.map(({ volume }) => volume),
    mounts: made.map(({ mount }) => mount),
    unsaid,
  };
}

/** @returns the folders of the node among them */
export function hostPathsOf(volumes: readonly IVolume[] | undefined): string[] {
  return (volumes ?? []).flatMap(({ hostPath }) => (hostPath ? [hostPath.path] : []));
}

type Source = Pick<IVolume, 'emptyDir' | 'hostPath'>;

function isGiven(place: string, mount: Mount): boolean {
  if (isBind(mount)) return place === '/sys' && mount.source === '/sys';
  if (place === '/dev/shm' && mount.type === 'tmpfs')
    return (sizeOf(mount) ?? usualShm) === usualShm;
  return given[place]?.includes(mount.type ?? '') ?? false;
}

function sourceOf(mount: Mount, folder: string): Source | undefined {
  if (isBind(mount))
    return mount.source === undefined
      ? undefined
      : { hostPath: { path: path.posix.resolve(folder, mount.source) } };
  if (mount.type !== 'tmpfs') return undefined;
  const size = sizeOf(mount);
  const limit = size === undefined ? {} : { sizeLimit: String(size) };
  return { emptyDir: { medium: 'Memory', ...limit } };
}

function notAVolume({ type = 'none' }: Mount): string {
  return `a Pod mounts no file system of the type ${shown(type)} there.`;
}

/** Kubernetes refuses these. */
function badPlace(place: string, { hostPath }: Source): string | undefined {
  if (place.includes(':')) return 'a Pod mounts nothing at a path with a colon.';
  if (place === '/') return 'a Pod’s root is its image.';
  if (hostPath?.path.split('/').includes('..')) return 'its source has “..” in its path.';
  return undefined;
}

function mountOf(name: string, mountPath: string, { options = [] }: Mount): IVolumeMount {
  const isReadOnly = options.findLast((one) => /^r?(ro|rw)$/.test(one))?.endsWith('o');
  const follows = options.some((one) => /^r?slave$/.test(one));
  return {
    name,
    mountPath,
    readOnly: isReadOnly || undefined,
    mountPropagation: follows ? 'HostToContainer' : undefined,
  };
}

/** Options that a volume does not have; what every kernel does by itself is none. */
const usual =
  /^(r?bind|r?ro|r?rw|r?private|r?slave|defaults|size=.*|mode=0?1?777|relatime|strictatime|dev|suid|exec)$/;

function limitsOf(place: string, mount: Mount, { hostPath }: Source): Unsaid[] {
  const { options = [], uidMappings } = mount;
  const lost = options.filter((option) => !usual.test(option));
  return [
    ...(hostPath
      ? [
          [
            'mounts',
            `${shown(place)}: ${shown(hostPath.path)} is a path of this machine; the Pod gets that of its node.`,
          ] as const,
        ]
      : []),
    ...(lost.length > 0
      ? [['mounts', `${shown(place)}: a volume has no option ${shown(lost.join(','))}.`] as const]
      : []),
    ...(uidMappings?.length
      ? [['mounts', `${shown(place)}: a volume has no ids of its own.`] as const]
      : []),
  ];
}

const units = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const;

/** tmpfs(5); a share of the memory is none that a Pod can say. */
function sizeOf({ options = [] }: Mount): number | undefined {
  const option = options.findLast((one) => one.startsWith('size=')) ?? '';
  const [, digits, unit] = /^size=(\d{1,15})([kmgt]?)$/.exec(option.toLowerCase()) ?? [];
  if (digits === undefined) return undefined;
  const size = Number(digits) * units[unit as keyof typeof units];
  return size > 0 && Number.isSafeInteger(size) ? size : undefined;
}

/**
 * Problems of a configuration that only the plan of a start finds, for `checkConfig`: a change of this
 * machine, or unmapped ids.
 */
import path from 'node:path';
import type { CheckedCommand } from '../bundle/checkCommand';
import type { Bundle } from '../bundle/loadBundle';
import { TerrariumError } from '../errors';
import { wantedCgroup } from '../sequence/wantedCgroup';
import { canLeaveGroups } from '../sequence/canLeaveGroups';
import { bundleFacts } from '../sequence/bundleFacts';
import { emulationFacts } from '../sequence/emulationFacts';
import { deviceFacts } from '../sequence/deviceFacts';
import { ownMounts } from '../procfs/ownMounts';
import { loopbackCommand } from '../sequence/loopback';
import { isNoDisk, mountFacts } from '../sequence/mountSources';
import type { EmulationFacts, HostFacts } from '../sequence/hostFacts';
import { planStart } from '../sequence/planStart';
import {
  hasUserNamespace,
  idMapText,
  mappingsFor,
  mapsStarter,
  unmappedIds,
  writtenMappings,
} from '../sequence/userNamespace';
import { notByHand } from '../config/byHand';
import { runtimeOf } from '../config/engine';
import type { ConfigFinding } from './ConfigFinding';
import type { OciConfig } from '../config/schema';
import { securityModules } from '../config/securityModules';
import {
  type IdRange,
  isWithin,
  subordinateRange,
  subordinateRanges,
} from '../config/subordinateRange';

/** A bundle as it is in the editor: its config.json may be newer than what is on disk. */
export function editorBundle(folder: string, config: OciConfig): Bundle {
  return {
    ...{ path: folder, name: path.basename(folder), config },
    rootfs: path.resolve(folder, config.root.path),
  };
}

/** Stands for the name that a helper gives at each start. */
const cgroupName = 'terrarium-box';

/** What a plan can know without the helper. */
export async function editorFacts(
  bundle: Pick<Bundle, 'path' | 'rootfs' | 'config'>,
  privilege: HostFacts['privilege'],
  emulation: EmulationFacts,
): Promise<HostFacts> {
  const uid = process.getuid!();
  const [subuid, subgid] = await Promise.all(
    ['/etc/subuid', '/etc/subgid'].map((file) => subordinateRange(file, uid)),
  );
  const mounts = await ownMounts();
  const cgroup = await wantedCgroup(bundle.config, { privilege, uid, name: cgroupName, mounts });
  const loopback = loopbackCommand();
  return {
    ...{
      machine: process.arch,
      privilege,
      uid,
      gid: process.getgid!(),
      devices: new Map(),
      cgroups: 'v2',
    },
    ...(await deviceFacts(privilege)),
    securityModules: await securityModules(bundle.config),
    // Under sudo it is root's own groups, and that is one.
    furtherGroups: (privilege === 'rootless' || uid === 0) && (await canLeaveGroups()),
    ...(await bundleFacts(bundle)),
    ...emulation,
    ...(await mountFacts(bundle, mounts)),
    tty: '/dev/pts/N', // which one is known when it starts
    ...(cgroup ? { cgroup } : {}),
    ...(loopback ? { loopback } : {}),
    ...(subuid ? { subuid } : {}),
    ...(subgid ? { subgid } : {}),
  };
}

/** Where in the file each of planStart's errors is; the others of its codes are found elsewhere. */
const places: Readonly<
  Record<string, (config: OciConfig, facts: HostFacts) => (string | number)[]>
> = {
  'mount-namespace-missing': () => ['linux', 'namespaces'],
  'pid-namespace-missing': () => ['linux', 'namespaces'],
  'network-namespace-missing': () => ['linux', 'namespaces'],
  'uts-namespace-missing': ({ hostname }) => [hostname ? 'hostname' : 'domainname'],
  'sysctl-host': () => ['linux', 'sysctl'],
  'sysctl-name': () => ['linux', 'sysctl'],
  'device-place': () => ['linux', 'devices'],
  'namespace-path': ({ linux }) => [
    ...['linux', 'namespaces'],
    ...[linux.namespaces.findIndex((one) => one.path !== undefined), 'path'],
  ],
  'mount-source-disk': ({ mounts }, { sources }) => [
    ...['mounts', mounts.findIndex((mount) => isNoDisk(mount, sources))],
    'source',
  ],
  'not-by-hand': (config, { privilege }) => [...(notByHand(config, privilege)[0]?.path ?? [])],
  'cgroup-mount-host': ({ mounts }) => [
    'mounts',
    mounts.findIndex(({ type }) => type === 'cgroup2'),
  ],
  'tmpfs-size': ({ mounts }) => [
    ...[
      'mounts',
      mounts.findIndex(({ options }) => options?.some((one) => one.startsWith('size='))),
    ],
    'options',
  ],
  'env-name': () => ['process', 'env'],
  'env-unsafe': () => ['process', 'env'],
  'cgroup-place': () => ['linux', 'cgroupsPath'],
  'cgroup-not-empty': () => ['linux', 'cgroupsPath'],
  'cgroup-v2-missing': () => ['linux', 'resources'],
  'cgroup-delegation': () => ['linux', 'resources'],
  'cgroup-read-only': () => ['linux', 'resources'],
  'cgroup-busy': () => ['linux', 'resources'],
  'cgroup-controller': () => ['linux', 'resources'],
  'masked-root': ({ linux }) => [
    'linux',
    linux.maskedPaths?.some((one) => path.posix.resolve('/', one) === '/')
      ? 'maskedPaths'
      : 'readonlyPaths',
  ],
  'seccomp-errno': () => ['linux', 'seccomp'],
  'seccomp-machine': () => ['linux', 'seccomp'],
  'seccomp-notify': () => ['linux', 'seccomp'],
  'seccomp-number': () => ['linux', 'seccomp'],
  'seccomp-too-long': () => ['linux', 'seccomp'],
  'mapping-without-root': () => ['linux', 'uidMappings'],
};

/** @param checked what `checkCommand` says of its program; undefined where that is hidden, or cannot run */
export async function checkPlan(
  folder: string,
  config: OciConfig,
  privilege: HostFacts['privilege'],
  checked: CheckedCommand | undefined,
): Promise<ConfigFinding[]> {
  if (runtimeOf(config)) return [];
  const bundle = editorBundle(folder, config);
  const emulation = await emulationFacts(bundle, checked, privilege);
  const facts = await editorFacts(bundle, privilege, emulation);
  const found: ConfigFinding[] = hasUserNamespace(config, privilege)
    ? unmappedIds(config, mappingsFor(config, facts)).map(({ path: place, problem }) => ({
        ...{ code: 'id-unmapped', path: place, message: problem },
        severity: 'error',
      }))
    : [];
  if (mapsStarter(config)) found.push(...othersMappings(config, facts));
  else if (privilege === 'rootless') found.push(...(await beyondRange(config, facts)));
  if (found.some(({ severity }) => severity === 'error')) return found;
  try {
    const { filterWarnings } = planStart(bundle, facts);
    return [
      ...found,
      ...filterWarnings.map((one) => ({
        ...{ ...one, code: 'not-carried-out', severity: 'warning' as const },
      })),
    ];
  } catch (error) {
    if (!(error instanceof TerrariumError)) throw error;
    const place = places[error.code]?.(config, facts);
    if (!place) return found;
    return [...found, { code: error.code, path: place, message: error.problem, severity: 'error' }];
  }
}

/** They are those of who made the file, or were changed since. */
function othersMappings(config: OciConfig, facts: HostFacts): ConfigFinding[] {
  const written = writtenMappings(config.linux);
  if (!written) return [];
  const own = mappingsFor(config, facts);
  return (['uid', 'gid'] as const).flatMap((kind) => {
    const [theirs, yours] = [written, own].map((one) => idMapText(one[kind]));
    if (theirs === yours) return [];
    return [
      {
        code: 'mapping-not-used',
        path: ['linux', `${kind}Mappings`],
        message: `These are for other runtimes: "dev.terrarium.idMappings" in annotations is "own", so Terrarium maps your ids (${yours!.replaceAll('\n', ', ')}). With "file" it maps these.`,
        severity: 'information' as const,
      },
    ];
  });
}

/** newuidmap(1) maps the person's own id, and what subuid(5) gives them. */
async function beyondRange({ linux }: OciConfig, { uid, gid }: HostFacts) {
  const found: ConfigFinding[] = [];
  for (const [key, own, file] of [
    ['uidMappings', uid, '/etc/subuid'],
    ['gidMappings', gid, '/etc/subgid'],
  ] as const) {
    const ranges = await subordinateRanges(file, uid);
    linux[key]?.forEach(({ hostID, size }, index) => {
      if ((hostID === own && size === 1) || isWithin({ start: hostID, count: size }, ranges))
        return;
      found.push({
        code: 'mapping-beyond-range',
        path: ['linux', key, index, 'hostID'],
        message: `Not all of these ids are yours: ${rangeText(ranges)} (${file}), and ${own} itself. Map some of those, set "dev.terrarium.idMappings" in annotations to "own", or get a range: “Terrarium: Check This Machine” says how (subordinate-ids).`,
        severity: 'error',
      });
    });
  }
  return found;
}

function rangeText(ranges: readonly IdRange[]): string {
  const all = ranges.map(({ start, count }) => `${count} from ${start} on`).join(', ');
  return all ? `what you have is ${all}` : 'you have no range';
}

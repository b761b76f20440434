/**
 * `linux.resources` as what is written into the files of a cgroup of version 2. Used by `planCgroup`. The conversions are those of runc and crun:
 * https://github.com/containers/crun/blob/main/crun.1.md#cgroup-v2
 */
import type { OciConfig } from '../config/schema';
import type { Resources } from '../config/resourcesSchema';
import type { StartWay } from '../config/startWay';

/** One write. */
export interface CgroupLimit {
  /** In the container's cgroup: `memory.max`. */
  readonly file: string;
  readonly value: string;
  readonly why: string;
  /** Where in config.json. */
  readonly path: readonly (string | number)[];
}

const place = ['linux', 'resources'];

/**
 * Each file once: `unified` has the last word, as in the specification.
 * @param way in a script one more process is in the cgroup than inside
 */
export function limitsOf(
  { linux: { resources } }: Pick<OciConfig, 'linux'>,
  way: StartWay = 'program',
): CgroupLimit[] {
  if (!resources) return [];
  const found = new Map<string, CgroupLimit>();
  const set = (
    file: string,
    value: string | undefined,
    path: (string | number)[],
    why: string,
  ): void => {
    if (value !== undefined) found.set(file, { file, value, why, path: [...place, ...path] });
  };
  const { memory, cpu, pids, blockIO, hugepageLimits, unified } = resources;
  if (memory) {
    const { limit, reservation, swap } = memory;
    set('memory.max', amount(limit), ['memory', 'limit'], `Its memory: ${bytes(limit)}`);
    const low = `Memory that is left to it as long as can be: ${bytes(reservation)}`;
    set('memory.low', amount(reservation), ['memory', 'reservation'], low);
    // The specification counts memory and swap together, the kernel of v2 swap alone.
    const above = swap === undefined || swap < 0 ? swap : Math.max(0, swap - (limit ?? 0));
    const value = swap === 0 ? undefined : above === 0 ? '0' : amount(above);
    set('memory.swap.max', value, ['memory', 'swap'], `Its swap: ${bytes(above)}`);
  }
  if (cpu) {
    const { shares, quota, period, burst, idle, cpus, mems } = cpu;
    if (shares)
      set('cpu.weight', `${weightOf(shares)}`, ['cpu', 'shares'], 'Its weight beside others');
    if (quota || period) {
      const every = period || 100_000;
      const value = quota !== undefined && quota > 0 ? `${quota}` : 'max';
      const why = `Limit the CPU time to ${value} of every ${every} µs`;
      set('cpu.max', `${value} ${every}`, ['cpu', quota ? 'quota' : 'period'], why);
    }
    if (burst) set('cpu.max.burst', `${burst}`, ['cpu', 'burst'], 'Quota that it may save up');
    if (idle !== undefined)
      set('cpu.idle', `${idle}`, ['cpu', 'idle'], 'Whether it runs only when nothing else does');
    set('cpuset.cpus', cpus || undefined, ['cpu', 'cpus'], `Its processors: ${cpus}`);
    set('cpuset.mems', mems || undefined, ['cpu', 'mems'], `Its memory nodes: ${mems}`);
  }
  if (blockIO) {
    if (blockIO.weight)
      set(
        'io.weight',
        `default ${1 + Math.trunc(((blockIO.weight - 10) * 9999) / 990)}`,
        ['blockIO', 'weight'],
        'Its weight at disks beside others',
      );
    for (const [device, words] of throttles(blockIO))
      found.set(`io.max ${device}`, {
        ...{ file: 'io.max', value: `${device} ${words.join(' ')}` },
        ...{ why: `Its rate at the disk ${device}`, path: [...place, 'blockIO'] },
      });
  }
  for (const [index, { pageSize, limit }] of (hugepageLimits ?? []).entries())
    set(
      `hugetlb.${pageSize}.max`,
      limit > Number.MAX_SAFE_INTEGER ? 'max' : `${limit}`,
      ['hugepageLimits', index, 'limit'],
      `Its huge pages of ${pageSize}: ${bytes(limit)}`,
    );
  if (pids && pids.limit !== 0)
    set(
      'pids.max',
      amountOfProcesses(pids.limit, way),
      ['pids', 'limit'],
      whyProcesses(pids.limit, way),
    );
  const last = unified ?? {};
  for (const [key, { file }] of found) if (Object.hasOwn(last, file)) found.delete(key);
  for (const [file, value] of Object.entries(last)) {
    // The kernel reads one line of each write.
    for (const line of value.split('\n').filter(Boolean))
      found.set(`${file} ${line}`, {
        ...{ file, value: line, why: `${file}, as config.json has it` },
        path: [...place, 'unified', file],
      });
  }
  return [...found.values()];
}

/** The number that a person knows: `64 MiB`. */
export function bytes(value: number | undefined): string {
  if (value === undefined || value < 0 || value > Number.MAX_SAFE_INTEGER) return 'no limit';
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [size, unit] = [value, 0];
  while (size >= 1024 && unit < units.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${Number(size.toFixed(1))} ${units[unit]}`;
}

function amount(value: number | undefined): string | undefined {
  if (value === undefined || value === 0) return undefined;
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? 'max' : String(value);
}

/**
 * `unshare` waits outside the namespaces for PID 1 and is in the cgroup too, because a cgroup
 * namespace begins where its maker is: one more than are inside.
 */
function amountOfProcesses(limit: number, way: StartWay): string {
  return limit < 0 ? 'max' : String(limit + (way === 'script' ? 1 : 0));
}

function whyProcesses(limit: number, way: StartWay): string {
  if (limit < 0) return 'As many processes as the machine allows';
  return way === 'program'
    ? `At most ${limit} processes inside`
    : `At most ${limit} processes inside, and unshare, which waits outside for PID 1`;
}

/** Shares 2 to 262144 are weights 1 to 10000; the kernel of cgroup v1 takes others for the nearest. */
function weightOf(shares: number): number {
  return 1 + Math.trunc(((Math.min(262144, Math.max(2, shares)) - 2) * 9999) / 262142);
}

/** By device: io.max takes one in each write. */
function throttles(blockIO: NonNullable<Resources['blockIO']>): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const [rules, key] of [
    [blockIO.throttleReadBpsDevice, 'rbps'],
    [blockIO.throttleWriteBpsDevice, 'wbps'],
    [blockIO.throttleReadIOPSDevice, 'riops'],
    [blockIO.throttleWriteIOPSDevice, 'wiops'],
  ] as const)
    for (const { major, minor, rate } of rules ?? []) {
      const device = `${major}:${minor}`;
      const most = rate === 0 || rate > Number.MAX_SAFE_INTEGER ? 'max' : rate;
      const known = words.get(device);
      if (known) known.push(`${key}=${most}`);
      else words.set(device, [`${key}=${most}`]);
    }
  return words;
}

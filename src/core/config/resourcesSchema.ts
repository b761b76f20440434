/**
 * `linux.cgroupsPath` and `linux.resources` of `config.json`, for `linuxSchema.ts`. What each number
 * becomes on cgroup v2 is in `cgroup/limits.ts`.
 */
import * as z from 'zod';
import { ShortText, uint32, uint64 } from './schemaText';

/**
 * An absolute or relative path of folders, or systemd's slice:prefix:name. `..` would leave its place,
 * and a part of more than 255 bytes is no name (NAME_MAX).
 */
export const CgroupsPath = ShortText.refine(
  (path) => !path.split(/[/:]/).includes('..'),
  'must not contain ".."',
).refine(
  (path) =>
    path
      .replace(/^\//, '')
      .split('/')
      .every((part) => part !== '' && part !== '.' && Buffer.byteLength(part) <= 255),
  'must be a path of plain names such as /mygroup or lab/one',
);

/** An int64, of which -1 is "no limit"; what a double does not hold exactly is none either. */
const Amount = z
  .number()
  .min(-1)
  .max(2 ** 63)
  .refine(Number.isInteger, 'must be a whole number');
const Bytes = Amount.optional();

/** cpuset(7), "List format", as the kernel reads it: `0-3,7`, also with spaces, `0-15:2/4`, or nothing. */
const List = z.string().regex(/^( *\d{1,5}(-\d{1,5}(:\d{1,5}\/\d{1,5})?)? *(,(?! *$)|$))*$/, {
  message: 'must be a list of numbers such as 0-3,7',
});

const Throttles = z
  .array(
    z.object({
      major: uint32.describe('Number of the disk’s driver, as `lsblk` shows it.'),
      minor: uint32.describe('Number of the disk for that driver.'),
      rate: uint64.describe('At most this many in a second.'),
    }),
  )
  .max(1000)
  .optional();

/** -1 stands for all. */
const DeviceNumber = z
  .number()
  .int()
  .min(-1)
  .max(2 ** 32 - 1);

/** What there is only in cgroup v1, or takes more than a write; `limits.ts` says so. */
const known = (what: string) => z.unknown().optional().describe(`Not on cgroup v2: ${what}.`);

/**
 * A plain file of a controller; `cgroup.*` is the kernel's own way to move and end processes, but for
 * two that limit.
 */
const UnifiedName = z
  .string()
  .regex(
    /^(?!cgroup\.(?!max\.(depth|descendants)$))[a-z][a-z0-9_]{0,31}(\.[A-Za-z0-9_]{1,64}){1,3}$/,
    'must be a file of a controller such as memory.high',
  );

/** Some take a line for each device: `8:0 rbps=1`. */
const UnifiedValue = z
  .string()
  .min(1)
  .max(4095)
  .regex(/[^\n]/, 'must not be of empty lines alone')
  // eslint-disable-next-line no-control-regex -- it keeps them out
  .regex(/^[^\x00-\x09\x0b-\x1f\x7f]*$/, 'must not contain control characters');

const DeviceRule = z.object({
  allow: z.boolean().describe('Whether it may be used.'),
  type: z
    .enum(['a', 'b', 'c'])
    .optional()
    .describe('`c` for character, `b` for block devices, `a` for both.'),
  major: DeviceNumber.optional().describe('Number of the driver, as `ls -l` shows it; else all.'),
  minor: DeviceNumber.optional().describe('Number of the device for that driver; else all.'),
  access: z
    .string()
    .regex(/^[rwm]{0,3}$/, 'must be made of the letters r, w and m')
    .optional()
    .describe('`r` to read, `w` to write, `m` for mknod; else all.'),
});

export const Resources = z.object({
  memory: z
    .object({
      limit: Bytes.describe('Bytes: a write to `memory.max`. More, and the kernel kills.'),
      reservation: Bytes.describe('Bytes that are left to it as long as can be: `memory.low`.'),
      swap: Bytes.describe('Memory and swap together: `memory.swap.max` is what is above `limit`.'),
      kernel: known('the kernel’s own memory apart'),
      kernelTCP: known('buffers of TCP apart'),
      swappiness: known('how readily it is swapped out'),
      disableOOMKiller: z
        .boolean()
        .optional()
        .describe('Not on cgroup v2: to wait in place of a kill.'),
      useHierarchy: z
        .boolean()
        .optional()
        .describe('Whether what is below counts too; on cgroup v2 it always does.'),
      checkBeforeUpdate: z
        .boolean()
        .optional()
        .describe('To refuse a limit below what is in use; a container that starts uses none.'),
    })
    .refine(({ limit = 0, swap = 0 }) => swap <= 0 || (limit > 0 && swap >= limit), {
      message: 'counts memory and swap together: it needs a limit, and must not be below it',
      path: ['swap'],
    })
    .optional()
    .describe('Memory: files `memory.*` of its cgroup.'),
  cpu: z
    .object({
      shares: uint64
        .optional()
        .describe('Weight beside others, 2 to 262144: `cpu.weight`, 1 to 10000.'),
      quota: Amount.refine((us) => us <= 0 || us >= 1000, 'must be at least 1000 (µs)')
        .optional()
        .describe('Microseconds of each period: `cpu.max`.'),
      period: z
        .union([z.literal(0), z.number().int().min(1000).max(1_000_000)])
        .optional()
        .describe('Microseconds, 100000 unless given: `cpu.max`.'),
      burst: z.number().int().min(0).optional().describe('Saved-up quota: `cpu.max.burst`.'),
      idle: z.number().int().min(0).max(1).optional().describe('Only what is left: `cpu.idle`.'),
      cpus: List.optional().describe('On which processors: `cpuset.cpus`.'),
      mems: List.optional().describe('On which memory nodes: `cpuset.mems`.'),
      realtimeRuntime: known('time for real-time programs'),
      realtimePeriod: known('of which period that is'),
    })
    .optional()
    .describe('Processors: files `cpu.*` and `cpuset.*` of its cgroup.'),
  pids: z
    .object({ limit: Amount.describe('How many processes and threads at once: `pids.max`.') })
    .optional()
    .describe('Processes: `pids.max` of its cgroup.'),
  blockIO: z
    .object({
      weight: z
        .union([z.literal(0), z.number().int().min(10).max(1000)])
        .optional()
        .describe('Weight beside others, 10 to 1000: `io.weight`.'),
      leafWeight: known('a weight beside its own children'),
      weightDevice: known('weights for single disks'),
      throttleReadBpsDevice: Throttles.describe('Bytes per second: `rbps` in `io.max`.'),
      throttleWriteBpsDevice: Throttles.describe('Bytes per second: `wbps` in `io.max`.'),
      throttleReadIOPSDevice: Throttles.describe('Requests per second: `riops` in `io.max`.'),
      throttleWriteIOPSDevice: Throttles.describe('Requests per second: `wiops` in `io.max`.'),
    })
    .optional()
    .describe('Disks: files `io.*` of its cgroup.'),
  hugepageLimits: z
    .array(
      z.object({
        pageSize: z
          .string()
          .regex(/^[1-9]\d{0,9}[KMG]B$/, 'must be a size such as 2MB')
          .describe('Which huge pages, such as 2MB.'),
        limit: uint64.describe('Bytes: a write to `hugetlb.SIZE.max`.'),
      }),
    )
    .max(16)
    .optional()
    .describe('Huge pages: files `hugetlb.*` of its cgroup.'),
  unified: z
    .record(UnifiedName, UnifiedValue)
    .optional()
    .describe('Files of its cgroup and what is written there, as it stands.'),
  devices: z
    .array(DeviceRule)
    .max(10_000)
    .optional()
    .describe(
      'Which devices may be opened and made: a BPF program at its cgroup. The last entry about one holds.',
    ),
  network: known('classes and priorities of its packets'),
  rdma: z.unknown().optional().describe('For runc and crun: its share of RDMA devices.'),
});
export type Resources = z.infer<typeof Resources>;

/**
 * What each process of a container sees, beside the processes outside that lead to it: rows of a table that
 * is kept up to date while a client looks. All text is raw.
 */
import * as z from 'zod';
import { ContainerId } from './container';
import { ProcessSnapshot } from './snapshot';

/** How many processes of one container are looked at; the others are counted. */
export const maxSights = 1000;

/** Chosen by the client: one container may be watched for two tables. */
export const SightWatchName = z.string().regex(/^[0-9a-f]{16}$/);

/**
 * Why a process stands in the table: `viewer` is whose table it is (a shell or VS Code), `sudo` what the
 * helper was started by, `monitor` what stands between helper and PID 1, `joined` a process that came from
 * outside (a further shell), `inside` any other of the container.
 */
export const SightRole = z.enum([
  'viewer',
  'sudo',
  'helper',
  'monitor',
  'init',
  'joined',
  'inside',
]);
export type SightRole = z.infer<typeof SightRole>;

const SightRow = z.object({
  /** PID outside and start time: `4711:123456`. */
  key: z.string().max(48),
  role: SightRole,
  /** How deep it stands below the first row. */
  depth: z
    .number()
    .int()
    .min(0)
    .max(maxSights + 64),
  /** It has ended, and its parent has not asked for its exit status yet. */
  zombie: z.literal(true).optional(),
  /** Of a process that the process tree has too: its key there, and its number in the container. */
  process: z.object({ key: z.string().max(128), pid: z.number().int().positive() }).optional(),
});
export type SightRow = z.infer<typeof SightRow>;

export const WatchSights = z.object({
  watch: SightWatchName,
  id: ContainerId,
  /** The process at the client's end of the chain, and the PID namespace that it counts it in. */
  viewer: z
    .object({ pid: z.number().int().positive(), pidNamespace: z.string().regex(/^\d{1,20}$/) })
    .optional(),
  /** The only process of the container that is asked for, with what leads to it. */
  only: z
    .object({ pid: z.number().int().positive(), startTime: z.string().regex(/^\d{1,20}$/) })
    .optional(),
});
export type WatchSights = z.infer<typeof WatchSights>;

export const SightsDelta = z.object({
  watch: SightWatchName,
  /** All rows from top to bottom, where they have changed. What is not among them is gone. */
  rows: z
    .array(SightRow)
    .max(maxSights + 64)
    .optional(),
  /** By key of a row: what is new, or was read anew and is different. */
  seen: z.array(z.tuple([z.string().max(48), ProcessSnapshot])).max(maxSights + 64),
  /** Processes of the container that are not among the rows, because there are too many. */
  left: z.number().int().nonnegative(),
  /** The viewer is counted in another PID namespace than the helper's: the helper cannot find it. */
  viewerElsewhere: z.literal(true).optional(),
  /** The process of `only` has ended. */
  gone: z.literal(true).optional(),
  /**
   * Processes of the container that keep who looks at them waiting (a FUSE that does not answer), by PID
   * outside; and since when, in milliseconds since the epoch.
   */
  blocking: z
    .array(z.object({ hostPid: z.number().int().positive(), since: z.number().int() }))
    .max(8)
    .optional(),
  /** So many do, here and in other containers, that nothing new is read. */
  readsNothing: z.literal(true).optional(),
  /** Why the processes of the container cannot be listed; the rows outside are there. */
  error: z.string().max(4096).optional(),
});
export type SightsDelta = z.infer<typeof SightsDelta>;

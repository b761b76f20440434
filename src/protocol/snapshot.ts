/**
 * What one process sees, read from the kernel at one moment: for the evidence of a lesson, which compares
 * two of them. All text is raw and may be chosen by the process: make it visible before it reaches a screen.
 */
import * as z from 'zod';
import { type NamespaceType, namespaceTypes } from './namespaces';

const Text = z.string().max(4096);
const Pid = z.number().int().nonnegative();
const Id = z.number().int().nonnegative();

/** One extent of user_namespaces(7); the kernel allows 340. */
const IdMap = z.array(z.object({ inside: Id, outside: Id, count: Id })).max(340);

const Mount = z.object({
  /** Unique while the mount is there (proc_pid_mountinfo(5)). */
  id: z.number().int().nonnegative(),
  /** As the process has it, below its root. */
  place: Text,
  type: Text,
  source: Text,
  /** The folder of the file system that is mounted there. */
  root: Text,
  /** Of the mount: `rw,nosuid`. */
  options: Text,
  /** Whether mounts below it appear elsewhere too, or come from elsewhere (mount_namespaces(7)). */
  isShared: z.boolean(),
});
export type SnapshotMount = z.infer<typeof Mount>;

export const snapshotNamespaces = namespaceTypes;
export type SnapshotNamespace = NamespaceType;

/** How many mounts travel; the kernel's own limit is 100,000 for a namespace. */
export const maxSnapshotMounts = 512;

export const ProcessSnapshot = z.object({
  /** As the reader's procfs counts it. */
  pid: Pid,
  startTime: z.string().regex(/^\d+$/),
  /** `comm` of proc_pid_comm(5). */
  name: z.string().max(64),
  /** PID 0 is no process of the reader's namespace. */
  parent: z.object({ pid: Pid, name: z.string().max(64).optional() }),
  /** Its number in each PID namespace, from the reader's to its own. */
  pids: z.array(Pid).min(1).max(33),
  namespaces: z
    .array(
      z.object({
        type: z.enum(snapshotNamespaces),
        inode: z.string().max(32),
        isHosts: z.boolean(),
      }),
    )
    .max(snapshotNamespaces.length),
  /**
   * Whether its children are born in another PID namespace: unshare(2) moves no caller. Absent where the
   * kernel did not tell, as all that is optional here; `untold` has the reason.
   */
  bornElsewhere: z.boolean().optional(),
  root: z.object({ path: Text, isHosts: z.boolean().optional() }).optional(),
  cwd: Text.optional(),
  mounts: z
    .object({ entries: z.array(Mount).max(maxSnapshotMounts), total: z.number().int() })
    .optional(),
  /** What is mounted on /proc in it, and how many processes that lists. */
  procfs: z.object({ device: z.string().max(32), processes: z.number().int() }).optional(),
  hostname: Text.optional(),
  /** Effective ids, as it sees them itself and as the reader does. */
  uid: z.object({ inside: Id, outside: Id }),
  gid: z.object({ inside: Id, outside: Id }),
  uidMap: IdMap.optional(),
  gidMap: IdMap.optional(),
  /** Names without CAP_. */
  capabilities: z.object({
    effective: z.array(z.string().max(32)).max(64),
    bounding: z.array(z.string().max(32)).max(64),
  }),
  /** Lines of proc_pid_cgroup(5), as the reader's cgroup namespace has them. */
  cgroup: z.array(Text).max(32).optional(),
  /** Names of the fields that are absent, with the errno or the reason. */
  untold: z.array(z.object({ field: z.string().max(32), reason: z.string().max(64) })).max(16),
});
export type ProcessSnapshot = z.infer<typeof ProcessSnapshot>;

/** One process of a container as it travels from the helper's procfs reader to the tree view. */
import { processStates } from './processState';
import * as z from 'zod';

/** State letters of `/proc/PID/stat` field 3 (proc_pid_stat(5)). */
export const ProcessState = z.enum(processStates);

export const ProcessInfo = z.object({
  /** PID-namespace inode + container PID + start time: a reused PID is another key. */
  key: z.string(),
  /** PID in the container's own PID namespace. */
  pid: z.number().int().positive(),
  /** PID seen from the host. */
  hostPid: z.number().int().nonnegative(),
  /** Parent's container PID; 0 for PID 1 and for processes that joined from outside. */
  ppid: z.number().int().nonnegative(),
  /** Field 22 of stat, in clock ticks since boot; says apart two processes with one PID. */
  startTime: z.string().regex(/^\d+$/),
  /** `comm`, raw: make control characters visible before it reaches a screen. */
  name: z.string(),
  /** argv joined by spaces; empty for zombies. Raw, cut at 4096 characters. */
  commandLine: z.string(),
  /** The processor that it is for, in the word of qemu, where it is emulated; `commandLine` is the program's own. */
  emulated: z
    .string()
    .regex(/^[a-z0-9_]+$/)
    .max(16)
    .optional(),
  /** Of a thread that runs where the main one has ended. */
  state: ProcessState,
  /** Set where the main thread has ended and others run on: to ps(1) it is a zombie. */
  mainThreadEnded: z.literal(true).optional(),
  /** Real user id as seen inside the container. */
  uid: z.number().int().nonnegative(),
  /** Effective user id; another than `uid` in a set-user-ID program, or after seteuid(2). */
  euid: z.number().int().nonnegative(),
  /** Resident set size in bytes: what it shares with others counts in full. */
  rss: z.number().nonnegative(),
  /** Proportional set size in bytes, where the kernel let the helper read it: shared pages are divided. */
  pss: z.number().nonnegative().optional(),
  /** Set where `pss` is missing because it was not read yet: one of the next reads has it. */
  pssUnread: z.literal(true).optional(),
  /** Threads that run; of a zombie its main thread. */
  threads: z.number().int().nonnegative(),
  /** Per cent of one CPU since the read before; 0 in the first one. */
  cpu: z.number().int().nonnegative(),
  nice: z.number().int().min(-20).max(19),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  /** Another process started it, which has ended: its parent has adopted it. */
  adopted: z.boolean(),
});
export type ProcessInfo = z.infer<typeof ProcessInfo>;

/** What changed since the last message to this client; the first one has everything in `upserted`. */
export const ProcessDelta = z.object({
  id: z.string(),
  /** True where this replaces all that the client knew. */
  full: z.boolean(),
  upserted: z.array(ProcessInfo),
  removed: z.array(z.string()),
  /** True where the same look at the container continues in the next message. */
  more: z.boolean().optional(),
  /** User names of the rootfs's passwd by uid, raw; sent with the first message and when they change. */
  users: z
    .array(z.tuple([z.number().int(), z.string().max(256)]))
    .max(4096)
    .optional(),
  /** Set where the reader failed: shown above the last good rows. */
  error: z.string().optional(),
});
export type ProcessDelta = z.infer<typeof ProcessDelta>;

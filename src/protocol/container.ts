/**
 * What the helper tells about containers. Parsed at both ends: the helper may be root and the
 * extension shows these strings, so neither takes the other's word for their shape.
 */
import * as z from 'zod';
import { StepsWait } from './steps';

/** Identifies a container: the first 16 hex digits of the SHA-256 of its bundle's real path. */
export const ContainerId = z.string().regex(/^[0-9a-f]{16}$/, 'a container id is 16 hex digits');
export type ContainerId = z.infer<typeof ContainerId>;

/** Who does the privileged work: `root` (by sudo or because the caller is root) or a user namespace. */
export const Privilege = z.enum(['root', 'rootless']);
export type Privilege = z.infer<typeof Privilege>;

/**
 * What somebody means by the folder of a container: a bundle, which is what its config.json says, or a
 * root filesystem itself, which gets the default configuration.
 */
export const FolderKind = z.enum(['bundle', 'folder']);
export type FolderKind = z.infer<typeof FolderKind>;

export const ContainerState = z.enum(['starting', 'running', 'stopping', 'stopped']);
export type ContainerState = z.infer<typeof ContainerState>;

/** How a container ended. `code` follows the shell: 128 + N after signal N. */
export const ContainerExit = z.object({
  code: z.number().int().min(0).max(255),
  /** Signal name (`SIGKILL`) where one ended PID 1. */
  signal: z.string().optional(),
  /** Set where a process in it called reboot(2), which ends a PID namespace; `signal` is how the kernel tells it. */
  reboot: z.enum(['restart', 'halt']).optional(),
  /** One sentence for people: "ended with exit code 42". */
  message: z.string(),
  /** True where the kernel killed in it for want of memory; `message` says by which limit. */
  outOfMemory: z.boolean().optional(),
});
export type ContainerExit = z.infer<typeof ContainerExit>;

export const ContainerInfo = z.object({
  id: ContainerId,
  /** Absolute real path of the bundle folder. */
  bundle: z.string(),
  /** As what it was started; a helper of an earlier build does not say. */
  kind: FolderKind.optional(),
  name: z.string(),
  state: ContainerState,
  /** While a stepwise start waits; `state` is `starting`. */
  waitsAt: StepsWait.optional(),
  privilege: Privilege,
  engine: z.enum(['builtin', 'runc', 'crun']),
  /** Host PID of PID 1, once it exists. */
  hostPid: z.number().int().positive().optional(),
  /** Name for "open stream" of the console of PID 1. */
  console: z.string(),
  /** True while its processes are frozen (`pause`). */
  paused: z.boolean().optional(),
  /** Further shells that still run, with or without a terminal that shows them. */
  sessions: z.array(z.object({ stream: z.string(), command: z.string() })).optional(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  exit: ContainerExit.optional(),
  /** True where it is stopping, or has ended, because somebody asked for it. */
  asked: z.boolean().optional(),
  /** True where it was started on a scratch layer, false where that has been removed. */
  layer: z.boolean().optional(),
  /** Set where the start failed: what, why, remedy. */
  failure: z.string().optional(),
  /** What was said about its start, one sentence or more each. */
  warnings: z.array(z.string()).optional(),
});
export type ContainerInfo = z.infer<typeof ContainerInfo>;

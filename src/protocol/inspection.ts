/**
 * What is inside one process of a container, for the view that a person opens. All text is raw and was
 * chosen by the container: make it visible before it reaches a screen.
 */
import * as z from 'zod';

const Text = z.string().max(4096);
/** A list that is cut says how many entries there are in all. */
const cut = <T extends z.ZodType>(entry: T, most: number) =>
  z.object({ entries: z.array(entry).max(most), total: z.number().int().nonnegative() });

export const ProcessInspection = z.object({
  /** It is a zombie: of most parts nothing is left. */
  ended: z.boolean().default(false), // helpers of an earlier build, as below
  /** Number, in the container, of the thread that all this is of: the main thread has ended. */
  thread: z.number().int().positive().optional(),
  /** Its arguments; absent where they cannot be read whole. */
  argv: z.array(z.string().max(16_384)).max(16_384).optional(),
  /** What the kernel's links say, as paths inside the container; absent where they cannot be read. */
  exe: Text.optional(),
  cwd: Text.optional(),
  root: Text.optional(),
  /** Whose that is: the machine's own, a folder of what its mount namespace has (chroot), or a mount of its own. */
  rootIs: z.enum(['host', 'folder', 'own']).optional(),
  namespaces: z.array(
    z.object({
      type: z.string().max(32),
      inode: z.string().max(32),
      isHosts: z.boolean(),
      isPid1s: z.boolean(),
    }),
  ),
  ids: z.array(
    z.object({ of: z.string().max(32), inside: z.number().int(), outside: z.number().int() }),
  ),
  groups: z.array(z.number().int()).max(256),
  /** Names without CAP_, by set. */
  capabilities: z.object({
    effective: z.array(z.string().max(32)),
    permitted: z.array(z.string().max(32)),
    inheritable: z.array(z.string().max(32)),
    bounding: z.array(z.string().max(32)),
    ambient: z.array(z.string().max(32)),
  }),
  noNewPrivileges: z.boolean(),
  seccomp: z.enum(['disabled', 'strict', 'filter']),
  cgroup: z.array(Text).max(32),
  /** What limits it there, in its own cgroup and in those above it. */
  cgroupLimits: z
    .array(z.object({ file: z.string().max(64), value: z.string().max(256), cgroup: Text }))
    .max(64)
    .default([]), // helpers of an earlier build, which go on while containers run
  limits: z.array(z.object({ name: Text, soft: Text, hard: Text, unit: Text })).max(64),
  files: cut(z.object({ fd: z.number().int(), target: Text }), 256),
  /** `remote` is empty for a unix socket, and `local` where it has no name. */
  sockets: z
    .array(z.object({ protocol: z.string(), local: Text, remote: Text, state: z.string() }))
    .max(256),
  mounts: cut(z.object({ place: Text, type: Text, source: Text, options: Text }), 128),
  /** Sums of the memory map, in KiB; empty where it cannot be read. */
  memory: z.array(z.object({ name: z.string().max(64), kib: z.number().nonnegative() })).max(64),
  /** Only where it was asked for: it may hold secrets. */
  environment: z.array(Text).max(1024).optional(),
  /** True where its memory is left alone because it once kept a reader waiting. */
  heldUp: z.boolean(),
  /** Parts, or something in them, that the kernel did not tell, with the name of the errno. */
  untold: z
    .array(
      z.object({
        part: z.enum([
          ...(['ids', 'places', 'namespaces', 'memory', 'cgroup'] as const),
          ...(['files', 'sockets', 'limits', 'mounts', 'environment'] as const),
        ]),
        errno: z.string().max(32),
      }),
    )
    .max(16)
    .default([]),
});
export type ProcessInspection = z.infer<typeof ProcessInspection>;

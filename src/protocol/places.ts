/**
 * Where processes of a container are: their namespaces and their file system root. For the picture, which asks
 * for it while it is visible. Paths are raw and may be chosen by the process.
 */
import * as z from 'zod';
import { maxPlaces, namespaceTypes } from './namespaces';

/** A type that the kernel does not have, or does not tell of this process, is left out. */
const Namespaces = z
  .array(z.object({ type: z.enum(namespaceTypes), inode: z.string().regex(/^\d{1,20}$/) }))
  .max(namespaceTypes.length);

const Place = z.object({
  namespaces: Namespaces,
  /** Absent where the kernel does not tell. */
  root: z
    .object({
      /** What the link says (proc_pid_root(5)): `/` for the root of a mount namespace. */
      path: z.string().max(4096),
      /** st_dev and st_ino. */
      folder: z.string().regex(/^\d{1,20}:\d{1,20}$/),
      /** It is the root of the helper, which is that of the machine. */
      isHosts: z.boolean(),
    })
    .optional(),
});
export type Place = z.infer<typeof Place>;

const Other = Place.extend({ pid: z.number().int().positive(), startTime: z.string() });
export type OtherPlace = z.infer<typeof Other>;

export const Places = z.object({
  /** Of the helper, which has those of the machine. */
  machine: Namespaces,
  /** Of PID 1; absent where it has ended. */
  first: Place.optional(),
  /** Those of the processes asked about that are elsewhere than PID 1. Each has only what is different. */
  others: z.array(Other).max(maxPlaces),
});
export type Places = z.infer<typeof Places>;

/** What `helper.js lint` tells of a rootfs, as JSON. Part of the messages. */
import * as z from 'zod';
import { SomeFiles } from './ownership';

/** Files and folders that are looked at in one call: the words of one command. */
export const maxCheckedPlaces = 400;

export const RootfsFault = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'information']),
  /** Inside the rootfs; `/` for what concerns all of it. */
  path: z.string(),
  message: z.string(),
});
export type RootfsFault = z.infer<typeof RootfsFault>;

export const RootfsMark = z.object({
  kind: z.enum(['setuid', 'setgid', 'capabilities', 'device', 'absolute-link']),
  path: z.string(),
  /** The capabilities, as getcap(8) prints them. */
  text: z.string().optional(),
});
export type RootfsMark = z.infer<typeof RootfsMark>;

export const RootfsCheck = z.object({
  faults: z.array(RootfsFault),
  /** What is no fault, and good to know of a file. */
  marks: z.array(RootfsMark),
  /** Faults and marks that are not told: there are too many. */
  left: z.number().int().nonnegative(),
  /** Files of every type that were looked at, folders included. */
  files: z.number().int().nonnegative(),
  /** Folders and programs that may not be read. */
  closed: SomeFiles,
  /** Of the places that were named: not there, or behind a link. */
  missing: z.array(z.string()),
});
export type RootfsCheck = z.infer<typeof RootfsCheck>;

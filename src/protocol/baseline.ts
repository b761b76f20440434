/** What is different in a rootfs since its baseline was taken. Part of the messages. */
import * as z from 'zod';
import { LayerChange, LayerSide, maxChanges } from './layer';

/** One look at some files compares so many places at most. */
export const maxBaselinePlaces = 400;

export const BaselineChanges = z.object({
  /** When it was taken, in milliseconds of the Epoch. */
  taken: z.number().int().nonnegative(),
  /** Sorted by path. `from` and `was` are of the baseline. Extended attributes are not compared. */
  changes: z.array(LayerChange).max(maxChanges),
  /** There are more than these. */
  more: z.boolean(),
  /** Folders and files that could not be read, in the baseline or now. */
  unread: z.number().int().nonnegative(),
});
export type BaselineChanges = z.infer<typeof BaselineChanges>;

/** What a baseline that was taken just now has. */
export const BaselineReport = z.object({
  /** Files, folders and all others. */
  entries: z.number().int().nonnegative(),
  /** Files of which the text was kept, for the diff editor. */
  texts: z.number().int().nonnegative(),
  unread: z.number().int().nonnegative(),
  /** On the disk, in bytes. */
  size: z.number().int().nonnegative(),
});
export type BaselineReport = z.infer<typeof BaselineReport>;

export const BaselineProgress = z.object({ entries: z.number().int().nonnegative() });
export type BaselineProgress = z.infer<typeof BaselineProgress>;

/** A file as it was; `digest`: a regular file of which the text was not kept. */
export const BaselineSide = z.discriminatedUnion('kind', [
  ...LayerSide.options,
  z.object({
    kind: z.literal('digest'),
    size: z.number().int().nonnegative(),
    /** SHA-256; left out where the file could not be read, or was too large. */
    digest: z.string().optional(),
  }),
]);
export type BaselineSide = z.infer<typeof BaselineSide>;

const Bundle = z.string().min(1).max(4096).startsWith('/');
/** Relative to the rootfs. */
const Inside = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'));
/** Chosen by the client. */
const MarkId = z.string().regex(/^[0-9a-f]{16}$/);

/** Each is a process of its own, which ends where it is cancelled or its client goes. */
export const baselineRequests = {
  /** `baselineProgress` tells how far it is. The baseline before is replaced at the end. */
  markBaseline: { params: z.object({ bundle: Bundle, id: MarkId }), result: BaselineReport },
  /** Of all, or of these places and what lies below them. */
  baselineChanges: {
    params: z.object({ bundle: Bundle, paths: z.array(Inside).max(maxBaselinePlaces) }),
    result: BaselineChanges,
  },
  baselineSide: { params: z.object({ bundle: Bundle, path: Inside }), result: BaselineSide },
  forgetBaseline: { params: z.object({ bundle: Bundle }), result: z.object({}) },
} as const;

export const baselineProgress = BaselineProgress.extend({ id: MarkId });

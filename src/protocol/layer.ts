/** What a scratch layer changes in its rootfs. Part of the messages. */
import * as z from 'zod';

/**
 * `replaced`: a folder in which nothing is seen of what the rootfs has in it (opaque). `type`: another type of file.
 * `metadata`: mode, owner or extended attributes alone.
 */
export const ChangeKind = z.enum([
  'added',
  'modified',
  'deleted',
  'renamed',
  'replaced',
  'type',
  'metadata',
]);
export type ChangeKind = z.infer<typeof ChangeKind>;

/** Letters of find(1), `-printf %y`; `-` for nothing. */
const FileLetter = z.enum(['f', 'd', 'l', 'c', 'b', 'p', 's', '-']);
export type FileLetter = z.infer<typeof FileLetter>;

export const LayerChange = z.object({
  kind: ChangeKind,
  /** Inside, without a slash at its beginning; `.` for the root itself. */
  path: z.string(),
  /** What it was called in the rootfs, where it is renamed. */
  from: z.string().optional(),
  /** In the layer, and in the rootfs. */
  type: FileLetter,
  was: FileLetter,
  mode: z.boolean(),
  owner: z.boolean(),
  attributes: z.boolean(),
  /** Of the layer's file, in bytes. */
  size: z.number().int().nonnegative(),
  /** Of the layer's link. */
  target: z.string().optional(),
});
export type LayerChange = z.infer<typeof LayerChange>;

/** More are not told. */
export const maxChanges = 20_000;

export const LayerChanges = z.object({
  /** Sorted by path. */
  changes: z.array(LayerChange).max(maxChanges),
  /** There are more than these. */
  more: z.boolean(),
});
export type LayerChanges = z.infer<typeof LayerChanges>;

/** What has become different since the message before, or with `full` all of it. */
export const LayerDelta = z.object({
  full: z.boolean(),
  /** Paths that are changes no more. */
  gone: z.array(z.string()),
  changes: z.array(LayerChange),
  /** There are more than are told. */
  more: z.boolean(),
});
export type LayerDelta = z.infer<typeof LayerDelta>;

/** Of the upper alone. */
export const LayerSize = z.object({
  bytes: z.number().int().nonnegative(),
  files: z.number().int().nonnegative(),
});
export type LayerSize = z.infer<typeof LayerSize>;

/** What was not applied or discarded, and why: strerror(3). */
export const LayerResult = z.object({
  failed: z.array(z.object({ path: z.string(), reason: z.string() })),
});
export type LayerResult = z.infer<typeof LayerResult>;

/** What is shown of one side of a change. */
export const LayerSide = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missing') }),
  z.object({ kind: z.literal('text'), base64: z.string() }),
  z.object({
    kind: z.literal('binary'),
    size: z.number().int().nonnegative(),
    /** SHA-256; left out where it is too large to be read. */
    digest: z.string().optional(),
  }),
  z.object({ kind: z.literal('link'), target: z.string() }),
  z.object({ kind: z.literal('folder') }),
  /** A device, a socket or a pipe. */
  z.object({ kind: z.literal('special') }),
]);
export type LayerSide = z.infer<typeof LayerSide>;

/** Paths of one look. */
export const maxSeenPlaces = 400;

/**
 * What a container on a layer sees of a file of the rootfs that was edited meanwhile: `seen` that very file, `old` the one
 * that was there before, which a program has open, `own` one of the layer or of a mount.
 */
export const SeenState = z.enum(['seen', 'old', 'own', 'unknown']);
export type SeenState = z.infer<typeof SeenState>;

export const SeenFiles = z.object({
  files: z.array(z.object({ path: z.string(), state: SeenState })).max(maxSeenPlaces),
});
export type SeenFiles = z.infer<typeof SeenFiles>;

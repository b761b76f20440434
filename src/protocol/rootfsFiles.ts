/** Single files of a rootfs, which the helper reads and writes for an editor. Part of the messages. */
import * as z from 'zod';
import { FolderKind } from './container';

/** Larger ones are neither read nor written, in bytes. */
export const maxFileBytes = 4 * 1024 * 1024;

/** Of a folder; more are not listed. */
export const maxFolderEntries = 10_000;

/** `other`: a device, a pipe, a socket, or a link that leads nowhere. */
export const RootfsFileType = z.enum(['file', 'folder', 'other']);
export type RootfsFileType = z.infer<typeof RootfsFileType>;

/** Of what a path leads to. */
export const RootfsFileStat = z.object({
  type: RootfsFileType,
  /** The name itself is a symbolic link. */
  isLink: z.boolean(),
  /** Without the type: 0o644. */
  mode: z.number().int().nonnegative(),
  /** As the machine counts; left out where the helper knows no number of the machine's. */
  uid: z.number().int().nonnegative().optional(),
  gid: z.number().int().nonnegative().optional(),
  size: z.number().int().nonnegative(),
  /** Milliseconds since 1970. */
  mtime: z.number().int().nonnegative(),
  ctime: z.number().int().nonnegative(),
  /** How many names it has (hard links). */
  links: z.number().int().nonnegative(),
  /** Another one after each change. */
  tag: z.string().max(160),
});
export type RootfsFileStat = z.infer<typeof RootfsFileStat>;

export const RootfsEntry = z.object({
  name: z.string(),
  type: RootfsFileType,
  isLink: z.boolean(),
});
export type RootfsEntry = z.infer<typeof RootfsEntry>;

/** A path inside, as the container has it: links of it begin at the rootfs. The kernel's longest has 4,095 bytes. */
const Inside = z
  .string()
  .max(4096)
  .refine((text) => text.startsWith('/') && !text.includes('\0') && text.length < 4096);
const Bundle = z.string().min(1).max(4096).startsWith('/');
const Place = { bundle: Bundle, kind: FolderKind.default('bundle'), path: Inside };
const Base64 = z
  .string()
  .max(4 * Math.ceil(maxFileBytes / 3))
  .regex(/^[A-Za-z0-9+/]*={0,2}$/);
const None = z.object({});

/** For files inside the rootfs of a bundle, whether its container runs or not. */
export const rootfsFileRequests = {
  statRootfsFile: { params: z.object(Place), result: RootfsFileStat },
  readRootfsFile: {
    params: z.object(Place),
    result: z.object({ stat: RootfsFileStat, base64: z.string() }),
  },
  listRootfsFolder: {
    params: z.object(Place),
    result: z.object({ entries: z.array(RootfsEntry).max(maxFolderEntries) }),
  },
  /**
   * The new content takes the place of the old one at once. Owner, mode and extended attributes stay.
   * `expected` is a tag, `none` (it must be new) or `any`; `breakLinks` that other names of it keep the old content.
   */
  writeRootfsFile: {
    params: z.object({
      ...Place,
      base64: Base64,
      expected: z.string().min(1).max(160),
      breakLinks: z.boolean(),
    }),
    result: RootfsFileStat,
  },
  makeRootfsFolder: { params: z.object(Place), result: None },
  removeRootfsFile: { params: z.object({ ...Place, recursive: z.boolean() }), result: None },
  renameRootfsFile: {
    params: z.object({ ...Place, to: Inside, overwrite: z.boolean() }),
    result: None,
  },
} as const;

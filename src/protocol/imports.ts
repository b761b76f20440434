/** What an import asks for, how far it is, and what came of it. Part of the messages. */
import * as z from 'zod';
import { SomeFiles } from './ownership';

export const ImportSource = z.enum([
  ...['tar', 'oci', 'docker', 'folder'],
  ...['registry', 'distribution'],
] as const);
export type ImportSource = z.infer<typeof ImportSource>;

/** Printed by `helper.js import --progress`, one line of JSON each. */
export const ImportProgress = z.object({
  /** An image is fetched, a distribution is built; what is there is unpacked, also where nothing is said. */
  stage: z.enum(['fetch', 'build', 'unpack']).optional(),
  /** By the program that builds. */
  said: z.string().max(300).optional(),
  /** Of the source that have been read; while it is fetched, those that have come. */
  bytes: z.number().nonnegative(),
  /** All that will be read, where it is known. */
  total: z.number().nonnegative().optional(),
  entries: z.number().int().nonnegative(),
});
export type ImportProgress = z.infer<typeof ImportProgress>;

/** Printed in the same way where the import fails for a reason that is expected. */
export const ImportFailure = z.object({
  error: z.object({ code: z.string(), problem: z.string(), remedy: z.string() }),
});

export const ImportLine = z.union([ImportProgress, ImportFailure]);
export type ImportLine = z.infer<typeof ImportLine>;

/** How many lines of tar are told. */
export const maxImportWarnings = 20;

/** What an import is asked for. */
export const ImportWish = z.object({
  /** An absolute path, `container:` and one, `docker://…` or `suite:…`. */
  source: z
    .string()
    .max(4096)
    .regex(/^(\/|container:\/|docker:\/\/|suite:)[^\0]*$/),
  bundle: z.string().max(4096).startsWith('/'),
  /** In bytes; the importer's own limits where it is left out. */
  maxSize: z.number().int().positive().optional(),
  /** Of a distribution. */
  variant: z.string().max(64).optional(),
  include: z.string().max(65_536).optional(),
  /** Of a container: it runs on a scratch layer, whatever its config.json says. */
  layer: z.boolean().optional(),
});
export type ImportWish = z.infer<typeof ImportWish>;

export const ImportReport = z.object({
  bundle: z.string(),
  source: ImportSource,
  /** Of the image's manifest. */
  digest: z.string().optional(),
  platform: z.string().optional(),
  layers: z.number().int().optional(),
  entries: z.number().int().nonnegative(),
  /** Regular files with S_ISUID or S_ISGID. They are kept. */
  setId: SomeFiles,
  /** Beside the rootfs stands what these had. */
  notKept: z.object({ owners: SomeFiles, devices: SomeFiles, xattrs: SomeFiles }),
  /** What tar said about files that it made nevertheless. */
  warnings: z.array(z.string()).max(maxImportWarnings),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** What an export makes, and what came of it. Part of the messages; progress is that of imports. */
import * as z from 'zod';
import { exportFormats } from './exportFormats';
import { SomeFiles } from './ownership';

/** How many lines of tar are told. */
export const maxExportWarnings = 20;

export const ExportReport = z.object({
  target: z.string(),
  format: z.enum(exportFormats),
  /** The name of the image: for a manifest the one that it runs. */
  reference: z.string().optional(),
  /** Of the image's manifest. */
  digest: z.string().optional(),
  platform: z.string().optional(),
  /** Of the file, or of all files of a folder. */
  bytes: z.number().nonnegative(),
  entries: z.number().int().nonnegative(),
  /** What the rootfs could not hold, and stands in rootfs.mtree. */
  givenBack: z.object({ owners: SomeFiles, devices: SomeFiles, xattrs: SomeFiles }),
  /** Files of owners that this privilege cannot name: they are root's. */
  foreignOwners: SomeFiles,
  /** Names that a layer has for what it takes away (`.wh.NAME`): they are left out. */
  whiteouts: SomeFiles,
  /** Keys of config.json that the target has no place for; for a manifest with the reason. */
  unsaid: z.array(z.string()),
  /** Folders of the node that the manifest mounts. */
  hostPaths: z.array(z.string()),
  /** What tar said about files that it read nevertheless. */
  warnings: z.array(z.string()).max(maxExportWarnings),
});
export type ExportReport = z.infer<typeof ExportReport>;

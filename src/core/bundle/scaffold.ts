/** Makes a new bundle: `config.json` and a rootfs with BusyBox. Called by "New Container". */
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatConfig } from '../config/formatConfig';
import type { IdMappings, StartingPoint } from '../config/templates';
import type { Busybox } from './busybox';
import { makeBundle } from './newBundle';
import { rootfsFiles, rootfsFolders } from './rootfsContent';

export interface ScaffoldOptions {
  /** Folder that the bundle is made in. */
  readonly parent: string;
  readonly name: string;
  readonly startingPoint: StartingPoint;
  readonly busybox: Busybox;
  /** Written into a `config.json` with a user namespace; see `StartingPoint.config`. */
  readonly mappings?: IdMappings;
  readonly signal?: AbortSignal;
  /** See `NewBundleOptions`. */
  readonly untilWatched?: (folder: string) => Promise<void>;
  /** @param fraction of the work that is done, 0 to 1 */
  readonly onProgress?: (doing: string, fraction: number) => void;
}

/**
 * @returns the path of the bundle
 * @throws as `makeBundle`; nothing is left behind then
 */
export function scaffold(options: ScaffoldOptions): Promise<string> {
  return makeBundle(options, (folder) => build(folder, options));
}

async function build(bundle: string, options: ScaffoldOptions): Promise<void> {
  const { name, startingPoint, busybox, mappings, signal, onProgress } = options;
  const rootfs = path.join(bundle, 'rootfs');
  onProgress?.('Making folders', 0);
  await makeFolder(rootfs, 0o755);
  for (const [folder, mode] of rootfsFolders) await makeFolder(path.join(rootfs, folder), mode);
  for (const [file, text] of rootfsFiles(name)) await makeFile(path.join(rootfs, file), text);
  await makeFile(
    path.join(bundle, 'config.json'),
    formatConfig(startingPoint.config(name, mappings)),
  );

  signal?.throwIfAborted();
  onProgress?.('Copying BusyBox', 0.1);
  const program = path.join(rootfs, 'bin/busybox');
  await copyFile(busybox.path, program, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await chmod(program, 0o755);

  for (const [index, applet] of busybox.applets.entries()) {
    signal?.throwIfAborted();
    if (index % 50 === 0)
      onProgress?.('Linking commands', 0.3 + (0.7 * index) / busybox.applets.length);
    await symlink('busybox', path.join(rootfs, 'bin', applet));
  }
}

/** With exactly this mode, whatever the umask says: it is the container's, not the person's. */
async function makeFolder(folder: string, mode: number): Promise<void> {
  await mkdir(folder);
  await chmod(folder, mode);
}

async function makeFile(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' });
  await chmod(file, 0o644);
}

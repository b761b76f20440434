/**
 * What an import reads: an archive of a tree, an image, a folder, an image of a registry, or a distribution that is
 * built. Called by importBundle.ts.
 */
import { constants } from 'node:fs';
import { type FileHandle, chmod, open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import type { OpenFile } from '../../core/fs/files';
import { openDirectoryNoFollow } from '../../core/fs/openDirectoryNoFollow';
import { readAt } from '../../core/fs/readBounded';
import { type Distribution } from '../../core/image/distribution';
import { folderOfContainer, isContainer } from '../../core/image/containerSource';
import { isReference } from '../../core/image/reference';
import type { Platform } from '../../core/image/schema';
import { blockSize, isZeroBlock, parseTarHeader } from '../../core/tar/tarHeader';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import {
  ArchiveStore,
  type Blob,
  FolderStore,
  beginsAsImage,
  piecesInPlace,
  readBlob,
} from './blobs';
import { buildDistribution } from './buildDistribution';
import type { Confinement, Other } from './Confinement';
import { openContainer } from './openContainer';
import type { OciConfig } from '../../core/config/schema';
import { compressionOf, decompressed } from './decompress';
import { fetchImage } from './fetchImage';
import type { Meter } from './Meter';
import { type Image, openImage } from './openImage';
import type { Person } from './personsProgram';
import { type Reader, ownRights } from './Reader';

export type Source = { close(): Promise<void> } & (
  | { readonly kind: 'image'; readonly image: Image; readonly reference?: string }
  | { readonly kind: 'tar'; readonly blob: Blob }
  | { readonly kind: 'distribution'; readonly pieces: AsyncGenerator<Buffer> }
  /** Its files are read with the rights of the reader. */
  | {
      readonly kind: 'folder';
      readonly folder: OpenFile;
      readonly reader: Reader;
      /** Of a container: what lies over the folder, and what it runs. */
      readonly upper?: Other | undefined;
      readonly config?: OciConfig;
    }
);

interface OpenOptions {
  readonly confinement: Confinement;
  readonly platform: Platform;
  readonly meter: Meter;
  readonly person: Person;
  /** Of a path. */
  readonly reader: Reader;
  /** Of a container: it runs on a scratch layer. */
  readonly layer: boolean;
  /** Of a container: where its rootfs may lie outside of its bundle. */
  readonly allowed?: AllowedFolders | undefined;
  /** Of a container: the rootfs that it was started with. */
  readonly vouched?: string | undefined;
  readonly signal: AbortSignal;
  /** A folder for what has to be there as files before it is read; it is in one that nobody else may enter. */
  readonly scratch: string;
}

/** @throws TerrariumError those of `fetchImage`, `buildDistribution` and `openSource` */
export async function openWanted(
  source: string | Distribution,
  options: OpenOptions,
): Promise<Source> {
  if (typeof source === 'string' && isContainer(source)) return openRunning(source, options);
  if (typeof source === 'string')
    return isReference(source) ? openReference(source, options) : openSource(source, options);
  const built = await buildDistribution(source, options);
  const madeHere = { ...options, reader: ownRights };
  if (built.kind === 'folder') return openFolder(await realpath(built.folder), madeHere);
  return { kind: 'distribution', pieces: built.pieces, close: () => Promise.resolve() };
}

async function openRunning(
  source: string,
  { reader, layer, allowed, vouched }: OpenOptions,
): Promise<Source> {
  const opened = await reader.opening(() =>
    openContainer(folderOfContainer(source), layer, allowed, vouched),
  );
  const { folder, upper } = opened;
  const close = async () => {
    await folder.close();
    await upper?.handle.close();
  };
  return { kind: 'folder', ...opened, reader, close };
}

async function openReference(source: string, options: OpenOptions): Promise<Source> {
  const { scratch } = options;
  const around = path.dirname(scratch);
  await chmod(scratch, 0o755);
  await chmod(around, 0o711);
  const { folder, pinned } = await fetchImage(source, options);
  await chmod(around, 0o700);
  const madeHere = { ...options, reader: ownRights };
  const opened = await openFolder(await realpath(folder), madeHere);
  return opened.kind === 'image' ? { ...opened, reference: pinned } : opened;
}

/** @throws TerrariumError `source-missing`, `source-unfit`, `source-unreadable`, those of `openImage` */
export async function openSource(file: string, options: OpenOptions): Promise<Source> {
  try {
    const opened = await options.reader.opening(() => openReal(file));
    const named = { ...options, shown: file };
    if (typeof opened === 'string') return await openFolder(opened, named);
    try {
      return await openFile(opened, named);
    } catch (error) {
      await opened.close();
      throw error;
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP')
      throw unfit('source-missing', file, `cannot be reached (${code})`, error);
    if (code === 'EACCES' || code === 'EPERM')
      throw unfit('source-unreadable', file, `may not be read by you (${code})`, error);
    throw error;
  }
}

interface OpenNamed extends OpenOptions {
  readonly shown: string;
}

/** @returns a file as it is opened, of a folder its real path */
async function openReal(file: string): Promise<FileHandle | string> {
  const real = await realpath(file);
  const found = await stat(real);
  if (found.isDirectory()) return real;
  if (!found.isFile()) throw unfit('source-unfit', real, 'is no file and no folder');
  return open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}

async function openFolder(folder: string, { platform, reader }: OpenOptions): Promise<Source> {
  const store = new FolderStore(folder, reader);
  const close = () => store.close();
  try {
    // A rootfs may have a manifest.json of its own; an image has no bin.
    const image = await openImage(store, platform);
    if (image) return { kind: 'image', image, close };
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  const handle = await reader.opening(() => openDirectoryNoFollow(folder));
  return { kind: 'folder', folder: handle, reader, close: () => handle.close() };
}

async function openFile(handle: FileHandle, options: OpenNamed): Promise<Source> {
  const { size } = await handle.stat();
  const whole = { handle, at: 0, size };
  const close = () => handle.close();
  const start = await readAt(handle, 0, blockSize);
  const compression = compressionOf(start);
  if (compression === 'none') {
    requireTar(start, options.shown);
    const store = await ArchiveStore.of(handle);
    const image = store && (await openImage(store, options.platform));
    return image ? { kind: 'image', image, close } : { kind: 'tar', blob: whole, close };
  }
  if (!(await isCompressedImage(whole, options))) return { kind: 'tar', blob: whole, close };
  const spooled = await spool(whole, options);
  await close();
  return openFile(spooled, options);
}

/** Known by its first block, as file(1) knows it. @param shown its path for people */
function requireTar(start: Buffer, shown: string): void {
  try {
    if (start.length === blockSize && (isZeroBlock(start) || parseTarHeader(start))) return;
  } catch {
    // It has a checksum, which hardly anything else has by chance.
  }
  if (path.basename(shown) === 'config.json')
    throw new TerrariumError(
      'source-unfit',
      `${escapeControlCharacters(shown)} is the configuration of a container, and no archive.`,
      'Start the folder that it is in, or import its rootfs as a folder.',
    );
  throw unfit(
    'source-unfit',
    shown,
    'is no tar archive, nor one that is compressed with gzip, xz, zstd or bzip2',
  );
}

async function isCompressedImage(blob: Blob, { confinement }: OpenOptions): Promise<boolean> {
  for await (const bytes of uncompressed(blob, confinement)) return beginsAsImage(bytes);
  return false;
}

/** Layers are read twice, and the list of them stands at the end: such an archive is decompressed first. */
async function spool(
  blob: Blob,
  { confinement, scratch, meter }: OpenOptions,
): Promise<FileHandle> {
  const file = await open(path.join(scratch, 'archive.tar'), 'wx+', 0o600);
  try {
    for await (const bytes of uncompressed(blob, confinement, meter.read)) {
      meter.unpacked(bytes.length);
      await file.writeFile(bytes);
    }
    meter.reset();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The tar archive in some bytes of a file. Each piece is good until the next but one is asked for.
 * @param taps are told what is read of the file
 */
export async function* uncompressed(
  blob: Blob,
  confinement: Confinement,
  ...taps: ((bytes: Buffer) => void)[]
): AsyncGenerator<Buffer> {
  const compression = compressionOf(await readAt(blob.handle, blob.at, 8));
  if (compression === 'none') {
    yield* piecesInPlace(blob, ...taps);
    return;
  }
  const source = readBlob(blob, ...taps);
  try {
    yield* decompressed(source, compression, confinement);
  } finally {
    source.destroy();
  }
}

function unfit(code: string, file: string, reason: string, cause?: unknown): TerrariumError {
  return new TerrariumError(
    code,
    `${escapeControlCharacters(file)} ${reason}.`,
    'Name a tar archive, an image or a folder.',
    { cause },
  );
}

/**
 * Makes an archive, an image or a manifest of a bundle. Called by `helper.js export`, which is a process of its own
 * for the editor too.
 */
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Bundle } from '../../core/bundle/loadBundle';
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import { readAccounts } from '../../core/bundle/passwd';
import { notInImage, toImageConfig } from '../../core/image/toImageConfig';
import { type ImageName, imageNameFor, imageNameText } from '../../core/image/imageName';
import { platformText } from '../../core/image/platform';
import { manifestText } from '../../core/kubernetes/manifestText';
import { podOf } from '../../core/kubernetes/podManifest';
import { hostPathsOf } from '../../core/kubernetes/podVolumes';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { FolderKind } from '../../protocol/container';
import { type ExportFormat, type ExportReport, maxExportWarnings } from '../../protocol/exports';
import type { ImportProgress } from '../../protocol/imports';
import { Confinement } from '../image/Confinement';
import { Meter } from '../image/Meter';
import { fileSink, openNew } from './fileSink';
import { GiveBack } from './GiveBack';
import { givenBackOf } from './givenBackOf';
import { makeTarget } from './newTarget';
import { platformOf } from './platformOf';
import { readTree } from './readTree';
import { ArchiveWriter, type BlobWriter, FolderWriter, writeDocuments } from './writeImage';

export interface ExportOptions {
  readonly folder: string;
  readonly kind: FolderKind | undefined;
  readonly target: string;
  readonly format: ExportFormat;
  readonly reference: ImageName | undefined;
  /** Sorted, with this one time, in seconds since the epoch; else as the files have it. */
  readonly mtime: string | undefined;
  /** Replaces a file that is there. */
  readonly replace: boolean;
  readonly person: { readonly uid: number; readonly gid: number };
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

type Made = Pick<ExportReport, 'bytes'> & Partial<ExportReport>;

/** @throws TerrariumError; nothing is left behind then. The signal's reason where it was aborted. */
export async function exportBundle(options: ExportOptions): Promise<ExportReport> {
  const { target, format, signal, replace, person } = options;
  const bundle = await loadBundleOrFolder(options.folder, options.kind);
  const reference = options.reference ?? imageNameFor(bundle.name);
  let made: Made | undefined;
  const place = await makeTarget(
    {
      ...{ target, replace, person, signal, source: bundle.rootfs },
      kind: format === 'oci' ? 'folder' : 'file',
    },
    async (file) => {
      made =
        format === 'pod'
          ? await writePod(file, bundle, reference)
          : await writeTree(file, bundle, reference, options);
    },
  );
  const none = { count: 0, names: [] };
  return {
    ...{ entries: 0, foreignOwners: none, whiteouts: none, unsaid: [], hostPaths: [] },
    ...{ givenBack: { owners: none, devices: none, xattrs: none }, warnings: [], ...made! },
    ...{ target: place, format },
  };
}

async function writePod(file: string, bundle: Bundle, reference: ImageName): Promise<Made> {
  const image = imageNameText(reference);
  const { name, path: folder } = bundle;
  const { manifest, unsaid } = podOf(bundle.config, { name, folder, image });
  const head = [
    `Runs ${image} as config.json of “${escapeControlCharacters(name)}” says, made by Terrarium.`,
    'The image has to lie where the cluster pulls it from.',
  ];
  const text = manifestText(manifest, head, unsaid);
  await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  return {
    ...{ bytes: Buffer.byteLength(text), reference: image },
    unsaid: unsaid.map(([key, reason]) => `${key}: ${reason}`),
    hostPaths: hostPathsOf(manifest.spec?.volumes),
  };
}

/** A tar archive, or an image with one layer. */
async function writeTree(
  file: string,
  bundle: Bundle,
  reference: ImageName,
  { format, mtime, target, signal, onProgress }: ExportOptions,
): Promise<Made> {
  const confinement = await Confinement.make();
  const giveBack = new GiveBack({
    ...{ records: await givenBackOf(bundle), inLayer: format !== 'tar', mtime },
    areMapped: confinement.ids !== 'all',
  });
  const warnings: string[] = [];
  const meter = new Meter({ bytes: Infinity, ratio: Infinity }, signal, onProgress);
  const tree = readTree(bundle.rootfs, {
    ...{ confinement, giveBack, mtime, sparse: format === 'tar', warnings },
    onRead: (bytes) => {
      meter.read(bytes);
      meter.unpacked(bytes.length, giveBack.entries);
    },
  });
  const made =
    format === 'tar'
      ? { bytes: await writeTar(file, tree, /\.t?gz$/.test(target)) }
      : await writeImage(file, tree, bundle, reference, { format, mtime });
  meter.tell();
  const { entries, owners, devices, xattrs, foreignOwners, whiteouts } = giveBack;
  return {
    ...{ ...made, entries, unsaid: format === 'tar' ? [] : notInImage(bundle.config) },
    givenBack: { owners: owners.told, devices: devices.told, xattrs: xattrs.told },
    ...{ foreignOwners: foreignOwners.told, whiteouts: whiteouts.told },
    warnings: warnings.slice(0, maxExportWarnings),
  };
}

async function writeTar(
  file: string,
  tree: AsyncIterable<Buffer>,
  isCompressed: boolean,
): Promise<number> {
  const handle = await openNew(file);
  let size = 0;
  try {
    const source = Readable.from(tree, { objectMode: false });
    const sink = fileSink(handle, 0, (bytes) => (size += bytes.length));
    await (isCompressed ? pipeline(source, createGzip(), sink) : pipeline(source, sink));
    return size;
  } finally {
    await handle.close();
  }
}

async function writeImage(
  file: string,
  tree: AsyncIterable<Buffer>,
  bundle: Bundle,
  reference: ImageName,
  { format, mtime }: Pick<ExportOptions, 'format' | 'mtime'>,
): Promise<Made> {
  const time = mtime ?? String(Math.floor(Date.now() / 1000));
  const platform = await platformOf(bundle);
  const accounts = await readAccounts(bundle.rootfs);
  const write = async (writer: BlobWriter): Promise<Made> => {
    const layer = await writer.layer(tree);
    const created = new Date(Number(time) * 1000).toISOString();
    const facts = { platform, created, diffId: layer.diffId, accounts };
    const config = toImageConfig(bundle.config, facts);
    const content = { config, layer, platform, reference };
    const digest = await writeDocuments(writer, content, format === 'docker-archive');
    const bytes = await writer.finish();
    return { bytes, digest, platform: platformText(platform), reference: imageNameText(reference) };
  };
  if (format === 'oci') return write(await FolderWriter.make(file));
  const handle = await openNew(file);
  try {
    return await write(await ArchiveWriter.begin(handle, time));
  } finally {
    await handle.close();
  }
}

/**
 * Makes an archive, an image or a manifest of a bundle. Called by `helper.js export`, which is a process of its own
 * for the editor too.
 */
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bundle } from '../../core/bundle/loadBundle';
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { readAccounts } from '../../core/bundle/passwd';
import { notInImage, toImageConfig } from '../../core/image/toImageConfig';
import { type ImageName, imageNameFor, imageNameText } from '../../core/image/imageName';
import { platformText } from '../../core/image/platform';
import { manifestText } from '../../core/kubernetes/manifestText';
import { podOf } from '../../core/kubernetes/podManifest';
import { hostPathsOf } from '../../core/kubernetes/podVolumes';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { FolderKind } from '../../protocol/container';
import { type ExportFormat, standardOutput } from '../../protocol/exportFormats';
import { type ExportReport, maxExportWarnings } from '../../protocol/exports';
import type { ImportProgress } from '../../protocol/imports';
import { type SomeFiles, namesTold } from '../../protocol/ownership';
import { Confinement } from '../image/Confinement';
import { compressed, compressorOf } from './compress';
import { Meter } from '../image/Meter';
import { fileSink, openNew } from './fileSink';
import { GiveBack } from './GiveBack';
import { givenBackOf } from './givenBackOf';
import { makeTarget } from './newTarget';
import { platformOf } from './platformOf';
import { LayerEntries } from './LayerEntries';
import { type TreeEntries, readTree } from './readTree';
import { requireLayer, upperFolder } from './requireLayer';
import { refuseTerminal, writeOut } from './standardOutput';
import {
  ArchiveWriter,
  type BlobWriter,
  FolderWriter,
  type LayerBlob,
  writeDocuments,
} from './writeImage';

export interface ExportOptions {
  readonly folder: string;
  readonly kind: FolderKind | undefined;
  /** Where its rootfs may lie outside of the bundle. */
  readonly allowed?: AllowedFolders | undefined;
  readonly target: string;
  readonly format: ExportFormat;
  readonly reference: ImageName | undefined;
  /** Sorted, with this one time, in seconds since the epoch; else as the files have it. */
  readonly mtime: string | undefined;
  /** Of its scratch layer: that alone, or in an image above the rootfs. */
  readonly layer: boolean;
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
  const bundle = await loadBundleOrFolder(options.folder, options.kind, options.allowed);
  if (options.layer) await requireLayer(bundle);
  const reference = options.reference ?? imageNameFor(bundle.name);
  let made: Made | undefined;
  const left: string[] = [];
  const build = async (file: string) => {
    made =
      format === 'pod'
        ? await writePod(file, bundle, reference)
        : await writeTree(file, bundle, reference, options);
  };
  let place = target;
  if (target === standardOutput) {
    refuseTerminal();
    await build(target);
    signal.throwIfAborted();
  } else {
    const where = {
      ...{ target, replace, person, signal, warn: (text: string) => void left.push(text) },
      sources: [bundle.rootfs, ...(options.layer ? [upperFolder(bundle)] : [])],
      kind: format === 'oci' ? 'folder' : 'file',
    } as const;
    place = await makeTarget(where, build);
  }
  const none = { count: 0, names: [] };
  return {
    ...{ entries: 0, foreignOwners: none, whiteouts: none, unsaid: [], hostPaths: [] },
    ...{ givenBack: { owners: none, devices: none, xattrs: none }, ...made! },
    ...{ target: place, format },
    warnings: [...left, ...(made!.warnings ?? [])].slice(0, maxExportWarnings),
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

/** A tar archive, or an image of one layer or two. */
async function writeTree(
  file: string,
  bundle: Bundle,
  reference: ImageName,
  { format, mtime, target, layer: hasLayer, signal, onProgress }: ExportOptions,
): Promise<Made> {
  const confinement = await Confinement.make(signal);
  const records = await givenBackOf(bundle);
  const options = { inLayer: format !== 'tar' || hasLayer, mtime };
  const areMapped = confinement.ids !== 'all';
  const warnings: string[] = [];
  const meter = new Meter({ bytes: Infinity, ratio: Infinity }, signal, onProgress);
  const all: GiveBack[] = [];
  const read = (folder: string, giveBack: GiveBack, entries: TreeEntries) => {
    all.push(giveBack);
    return readTree(folder, {
      ...{ confinement, entries, mtime, sparse: !options.inLayer, warnings },
      onRead: (bytes) => {
        meter.read(bytes);
        meter.unpacked(bytes.length, countOf(all));
      },
    });
  };
  const ofRootfs = () => {
    const giveBack = new GiveBack({ ...options, areMapped, records: new Map(records) });
    return read(bundle.rootfs, giveBack, giveBack);
  };
  const ofLayer = () => {
    const owners = [...records].filter(([, { device }]) => device === undefined);
    const giveBack = new GiveBack({ ...options, areMapped, records: new Map(owners) });
    return read(upperFolder(bundle), giveBack, new LayerEntries(giveBack, mtime));
  };
  const compressor = format === 'tar' ? compressorOf(target) : undefined;
  const archiveOf = (tree: AsyncIterable<Buffer>) =>
    compressor ? compressed(tree, compressor, confinement) : tree;
  const made =
    format === 'tar'
      ? { bytes: await writeTar(file, archiveOf((hasLayer ? ofLayer : ofRootfs)())) }
      : await writeImage(file, hasLayer ? [ofRootfs, ofLayer] : [ofRootfs], bundle, reference, {
          ...{ format, mtime },
        });
  meter.tell();
  const told = (of: 'owners' | 'devices' | 'xattrs' | 'foreignOwners' | 'whiteouts') =>
    allOf(all.map((one) => one[of].told));
  return {
    ...{
      ...made,
      entries: countOf(all),
      unsaid: format === 'tar' ? [] : notInImage(bundle.config),
    },
    givenBack: { owners: told('owners'), devices: told('devices'), xattrs: told('xattrs') },
    ...{ foreignOwners: told('foreignOwners'), whiteouts: told('whiteouts') },
    warnings: warnings.slice(0, maxExportWarnings),
  };
}

function countOf(all: readonly GiveBack[]): number {
  return all.reduce((sum, { entries }) => sum + entries, 0);
}

function allOf(all: readonly SomeFiles[]): SomeFiles {
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    names: all.flatMap(({ names }) => names).slice(0, namesTold),
  };
}

async function writeTar(file: string, archive: AsyncIterable<Buffer>): Promise<number> {
  if (file === standardOutput) return writeOut(archive);
  const handle = await openNew(file);
  let size = 0;
  try {
    const source = Readable.from(archive, { objectMode: false });
    const sink = fileSink(handle, 0, (bytes) => (size += bytes.length));
    await pipeline(source, sink);
    return size;
  } finally {
    await handle.close();
  }
}

async function writeImage(
  file: string,
  trees: readonly (() => AsyncIterable<Buffer>)[],
  bundle: Bundle,
  reference: ImageName,
  { format, mtime }: Pick<ExportOptions, 'format' | 'mtime'>,
): Promise<Made> {
  const time = mtime ?? String(Math.floor(Date.now() / 1000));
  const platform = await platformOf(bundle);
  const accounts = await readAccounts(bundle.rootfs);
  const write = async (writer: BlobWriter): Promise<Made> => {
    const layers: LayerBlob[] = [];
    for (const tree of trees) layers.push(await writer.layer(tree()));
    const created = new Date(Number(time) * 1000).toISOString();
    const facts = { platform, created, diffIds: layers.map(({ diffId }) => diffId), accounts };
    const config = toImageConfig(bundle.config, facts);
    const content = { config, layers, platform, reference };
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

/**
 * Makes a bundle from an archive, an image, a folder, a running container or the packages of a distribution. Called by
 * `helper.js import`, which is a process of its own for the editor too: it needs its memory and its time alone, and ends
 * with all that it has started.
 */
import { chmod, chown, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../core/bundle/newBundle';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { readAccounts } from '../../core/bundle/passwd';
import { formatConfig } from '../../core/config/formatConfig';
import { limitsProblem } from '../../core/config/jsonLimits';
import { OciConfig } from '../../core/config/schema';
import type { StartingPoint } from '../../core/config/templates';
import { codeOf } from '../../core/fs/codeOf';
import type { OpenFile } from '../../core/fs/files';
import { TerrariumError } from '../../core/errors';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Distribution } from '../../core/image/distribution';
import { FolderNames } from '../../core/image/FolderNames';
import { notKeptFile } from '../../core/image/notKept';
import { ownPlatform, parsePlatform } from '../../core/image/platform';
import { containerSource, folderOfContainer, isContainer } from '../../core/image/containerSource';
import { isReference } from '../../core/image/reference';
import { parseDocument } from '../../core/image/schema';
import { toRuntimeConfig } from '../../core/image/toRuntimeConfig';
import { ownMappings } from '../../core/sequence/ownMappings';
import {
  type ImportProgress,
  type ImportReport,
  type ImportSource,
  maxImportWarnings,
} from '../../protocol/imports';
import { applyFolder } from './applyFolder';
import { type ApplyOptions, applyLayer, applyPieces, applyTar } from './applyLayer';
import { Confinement } from './Confinement';
import { EntryPolicy } from './EntryPolicy';
import { holdNew } from './holdNew';
import { type ImportLimits, Meter } from './Meter';
import { moveWatched } from './moveWatched';
import type { Person } from './personsProgram';
import { type Source, openWanted } from './openSource';
import { type Reader, ownRights, readerFor } from './Reader';
import { isRefused, refusedParent, requireRights } from './requireRights';
import { discard, sweepUnfinished, writeMaker } from './sweepUnfinished';
import { Unpacker } from './Unpacker';

export interface ImportOptions {
  /** A path, or a reference to an image in a registry; or what is to be built. */
  readonly source: string | Distribution;
  /** Path of the bundle that is made. */
  readonly bundle: string;
  readonly startingPoint: StartingPoint;
  /** Of a container: it runs on a scratch layer. */
  readonly layer: boolean;
  /** Of a container: where its rootfs may lie outside of its bundle. */
  readonly allowed?: AllowedFolders | undefined;
  /** This machine's, where it is left out. */
  readonly platform: string | undefined;
  readonly limits: ImportLimits;
  /** Whose the bundle is, where the helper is root; the files of its rootfs keep their owners. */
  readonly person: Person;
  /** Whether the person has to be able to read the source, and to write where the bundle is made. */
  readonly callersRights: boolean;
  /**
   * Of a container: the rootfs that a helper as root has started it with. That is read with this process's rights: the
   * copy shows its person no more than a shell in the container does.
   */
  readonly vouched: string | undefined;
  /** Whether somebody who watches the folder that it is made in, as VS Code does, is to watch what is made. */
  readonly watched: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** @throws TerrariumError; nothing is left behind then. The signal's reason where it was aborted. */
export async function importBundle(options: ImportOptions): Promise<ImportReport> {
  const { bundle, signal } = options;
  const parentPath = path.dirname(path.resolve(bundle));
  const { callersRights, person, vouched } = options;
  const reader = callersRights ? await readerFor(person) : ownRights;
  const source = vouched === undefined ? ofPath(options.source) : undefined;
  const confinement = await Confinement.make(signal);
  // Whom a link on the way may lead there is the person, and what was opened is what is written to.
  const [real, parent] = await reader.opening(() => openParent(parentPath));
  let report: ImportReport | undefined;
  try {
    if (callersRights) await requireRights(source, { shown: parentPath, held: parent }, person);
    const name = path.basename(path.resolve(bundle));
    const own = { uid: process.geteuid!(), gid: process.getegid!() };
    const owner = confinement.ids === 'all' ? person : own;
    const place = {
      ...{ parent: pathOf(parent), shown: real, name, signal },
      ...(options.watched && {
        move: (building: string, target: string) =>
          moveWatched({ parent, building, target, owner, signal }),
      }),
    };
    const left = await sweepUnfinished(real);
    await makeBundle(
      place,
      async (folder) => {
        const held = await holdNew(folder);
        try {
          report = await build(pathOf(held), confinement, reader, options);
        } catch (error) {
          signal.throwIfAborted(); // what runs confined was killed then
          throw error;
        } finally {
          await held.close();
        }
      },
      discard,
    );
    const warnings = [...left, ...report!.warnings].slice(0, maxImportWarnings);
    return { ...report!, bundle: path.join(real, name), warnings };
  } finally {
    await parent.close();
  }
}

/** @throws TerrariumError `parent-refused`, `parent-missing` */
async function openParent(shown: string): Promise<[string, OpenFile]> {
  try {
    const real = await realpath(shown).catch(() => shown); // opening it says what is wrong
    return [real, await openDirectoryNoFollow(real)];
  } catch (error) {
    if (codeOf((error as Error).cause) === 'ENOENT')
      throw new TerrariumError(
        'parent-missing',
        `The folder ${escapeControlCharacters(shown)} does not exist.`,
        'Create it or choose another one.',
        { cause: error },
      );
    throw isRefused(error) ? refusedParent(shown, error) : error;
  }
}

async function build(
  folder: string,
  confinement: Confinement,
  reader: Reader,
  options: ImportOptions,
): Promise<ImportReport> {
  const { limits, signal, onProgress } = options;
  const meter = new Meter(limits, signal, onProgress);
  const policy = new EntryPolicy(confinement, path.join(folder, notKeptFile));
  await mkdir(path.join(folder, 'rootfs'));
  const scratch = path.join(folder, 'scratch');
  await mkdir(scratch);
  await writeMaker(scratch);
  const platform = options.platform ? parsePlatform(options.platform) : ownPlatform();
  const wanted = ofPath(options.source);
  const rootfs = await openDirectoryNoFollow(await realpath(path.join(folder, 'rootfs')));
  const unpacker = new Unpacker(confinement, pathOf(rootfs));
  let source: Source | undefined;
  try {
    await chmod(path.join(folder, 'rootfs'), 0o755);
    await unpacker.begin();
    source = await openWanted(wanted, {
      ...{ confinement, platform, meter, scratch, signal, person: options.person },
      ...{ layer: options.layer, allowed: options.allowed, vouched: options.vouched },
      reader: options.vouched === undefined ? reader : ownRights,
    });
    const folders = new FolderNames();
    await fill(source, { confinement, meter, policy, unpacker, scratch, folders });
    await unpacker.finish();
    await policy.save(true);
    meter.tell();
    await writeConfig(folder, source, options);
    if (confinement.ids === 'all') await giveAway(folder, options.person);
    return { ...reportOf(source, policy, unpacker), ...kindOf(wanted) };
  } finally {
    await unpacker.abort();
    await source?.close();
    await rootfs.close();
    await rm(scratch, { recursive: true });
  }
}

/** A path does not change its meaning with the working directory. */
function ofPath(source: string | Distribution): string | Distribution {
  if (typeof source !== 'string' || isReference(source)) return source;
  if (isContainer(source)) return containerSource(path.resolve(folderOfContainer(source)));
  return path.resolve(source);
}

function kindOf(wanted: string | Distribution): { source?: ImportSource } {
  if (typeof wanted !== 'string') return { source: 'distribution' };
  return isReference(wanted) ? { source: 'registry' } : {};
}

async function fill(source: Source, options: ApplyOptions): Promise<void> {
  const { meter } = options;
  if (source.kind === 'folder') return applyFolder(source, options);
  if (source.kind === 'distribution') return applyPieces(source.pieces, options);
  if (source.kind === 'tar') {
    meter.total = source.blob.size;
    return applyTar(source.blob, options);
  }
  const { layers } = source.image;
  // All but the lowest are read twice.
  meter.total = layers.reduce((sum, { blob }, at) => sum + blob.size * (at === 0 ? 1 : 2), 0);
  for (const [at, layer] of layers.entries()) await applyLayer(layer, at === 0, options);
}

async function writeConfig(
  folder: string,
  source: Source,
  { bundle, startingPoint }: ImportOptions,
): Promise<void> {
  const base = startingPoint.config(path.basename(bundle), await ownMappings());
  let config = source.kind === 'folder' && source.config ? source.config : base;
  if (source.kind === 'image') {
    const { image, reference } = source;
    const rootfs = await realpath(path.join(folder, 'rootfs'));
    const made = toRuntimeConfig(base, image.config, await readAccounts(rootfs), {
      ...(image.digest ? { digest: image.digest } : {}),
      ...(reference ? { reference } : {}),
    });
    parseDocument(OciConfig, Buffer.from(JSON.stringify(made)), 'The config');
    config = made;
  }
  const file = path.join(folder, 'config.json');
  const text = formatConfig(config);
  requireReadable(text);
  await writeFile(file, text, { flag: 'wx' });
  await chmod(file, 0o644);
}

/** An image may have more variables and labels than a config.json can hold. */
function requireReadable(text: string): void {
  const problem = limitsProblem(text);
  if (!problem) return;
  throw new TerrariumError(
    'image-invalid',
    `The image has too many variables, labels or ports for a config.json. ${problem.message}`,
    'Make the image anew with fewer.',
  );
}

/** The person edits the bundle; what is in its rootfs is whose it was. */
async function giveAway(folder: string, { uid, gid }: Person): Promise<void> {
  for (const name of [notKeptFile, 'config.json', '.'])
    await chown(path.join(folder, name), uid, gid).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT' || name !== notKeptFile) throw error;
    });
}

function reportOf(source: Source, policy: EntryPolicy, { warnings }: Unpacker): ImportReport {
  const image = source.kind === 'image' ? source.image : undefined;
  const { os, architecture } = image?.config ?? {};
  const { setId, owners, devices, xattrs, entries } = policy;
  return {
    bundle: '',
    source: image?.form ?? (source.kind === 'folder' ? 'folder' : 'tar'),
    ...(image?.digest ? { digest: image.digest } : {}),
    ...(os && architecture ? { platform: `${os}/${architecture}` } : {}),
    ...(image ? { layers: image.layers.length } : {}),
    entries,
    setId: setId.told,
    notKept: { owners: owners.told, devices: devices.told, xattrs: xattrs.told },
    warnings: warnings.slice(0, maxImportWarnings),
  };
}

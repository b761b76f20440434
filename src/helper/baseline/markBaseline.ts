/** Takes a baseline of a rootfs: a manifest with digests, and the short texts. The one before is replaced at the end. */
import { randomBytes } from 'node:crypto';
import { constants, fstatSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import type { OpenFile } from '../../core/fs/files';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { parseStat } from '../../core/procfs/parseStat';
import { layerFolder } from '../../core/sequence/overlayStep';
import { filesNeedRoot } from '../../core/text/remedies';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { BaselineReport } from '../../protocol/baseline';
import type { LayerBundle } from '../layer/layerTool';
import { makeLayerFolder } from '../layer/prepareLayer';
import { SortedWalk, type Walked } from './SortedWalk';
import { baselineName, firstLine, longestList } from './baselineFile';
import { type Entry, tooLarge } from './entry';
import { toLine } from './entryLine';
import { askedAtOnce } from '../host/readAttributes';
import { withAttributes } from './attributes';
import { entryOf } from './entryOf';
import { type OwnerIds, ownerIds } from './ownerIds';

/** Of all that are kept, in bytes: they are held in memory until the end. */
const mostText = 32 * 1024 ** 2;
/** Between two words of progress, in milliseconds. */
const pace = 200;

export interface MarkOptions {
  readonly onProgress?: (entries: number) => void;
  /** It leaves no file of its own then. */
  readonly signal?: AbortSignal;
  /** The one before stays where so many, or more, could not be read. */
  readonly fewerUnreadThan?: number;
}

/** @throws TerrariumError `baseline-too-large`, `baseline-unwritten`, `layer-not-folder`, `folder-moved` */
export async function markBaseline(
  bundle: LayerBundle,
  options: MarkOptions = {},
): Promise<BaselineReport> {
  try {
    await makeLayerFolder(bundle);
    const folder = await openDirectoryNoFollow(layerFolder(bundle));
    try {
      await sweep(pathOf(folder));
      return await writeBeside(bundle, folder, options);
    } finally {
      await folder.close();
    }
  } catch (error) {
    throw unwritten(bundle, error);
  }
}

/** Under another name, until it is whole. */
async function writeBeside(
  bundle: LayerBundle,
  folder: OpenFile,
  options: MarkOptions,
): Promise<BaselineReport> {
  const place = `${pathOf(folder)}/${baselineName}.new-${await ownName()}`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    // Who may discard the layer may forget the baseline.
    const { uid, gid } = fstatSync(folder.fd);
    const isRoot = process.geteuid!() === 0;
    const ids = await ownerIds();
    const owner = isRoot && !ids.isMapped ? uid : undefined;
    const report = await write(bundle, file, { ids, owner, ...options });
    if (options.fewerUnreadThan !== undefined && report.unread >= options.fewerUnreadThan) {
      await rm(place);
      return report;
    }
    if (isRoot) await file.chown(uid, gid);
    await file.sync();
    await rename(place, `${pathOf(folder)}/${baselineName}`);
    return report;
  } catch (error) {
    await rm(place, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** What the file system says becomes an error that names the baseline. */
function unwritten({ name }: LayerBundle, error: unknown): unknown {
  const reasons: Partial<Record<string, [reason: string, remedy: string]>> = {
    ENOSPC: ['no space is left on its disk', 'Make room there, and try again.'],
    EDQUOT: ['the quota of its disk is used up', 'Make room there, and try again.'],
    EACCES: ['its folder is not yours to write to', filesNeedRoot],
    EROFS: ['its disk is mounted read-only', 'Copy the bundle to one that is not.'],
    EISDIR: [
      `a folder is called ${baselineName} there`,
      'Look at what lies in .terrarium, and remove it.',
    ],
  };
  const [reason, remedy] = reasons[codeOf(error) ?? ''] ?? [];
  if (reason === undefined || remedy === undefined) return error;
  return new TerrariumError(
    'baseline-unwritten',
    `The baseline of “${escapeControlCharacters(name)}” cannot be written: ${reason}.`,
    remedy,
    { cause: error },
  );
}

interface Writing extends MarkOptions {
  readonly ids: OwnerIds;
  /** Whose the baseline is, where that is not who takes it: no text is kept that they may not read. */
  readonly owner: number | undefined;
}

async function write(
  bundle: LayerBundle,
  file: FileHandle,
  { ids, owner, onProgress, signal }: Writing,
): Promise<BaselineReport> {
  const taken = Date.now();
  const texts = new Texts();
  const rootfs = await openDirectoryNoFollow(bundle.rootfs);
  try {
    const output = new Output(file, { rootfs, ids });
    await output.write(firstLine(taken, 0));
    let [entries, unread, kept, told] = [0, 0, 0, performance.now()];
    for await (const walked of new SortedWalk(bundle.rootfs).entries()) {
      const { entry, isUnread } = lookAt(walked, ids, texts, owner);
      entries++;
      unread += isUnread ? 1 : 0;
      kept += entry.text === undefined ? 0 : 1;
      await output.put(entry);
      if (output.length > longestList) throw tooLarge(bundle.rootfs);
      if (performance.now() - told < pace) continue;
      await setImmediate(); // a signal is heard
      signal?.throwIfAborted();
      told = performance.now();
      onProgress?.(entries);
    }
    await output.flush();
    const textsAt = output.length;
    for (const text of texts.all) await file.appendFile(text);
    const first = Buffer.from(firstLine(taken, textsAt));
    await file.write(first, 0, first.length, 0);
    signal?.throwIfAborted();
    return { entries, texts: kept, unread, size: textsAt + texts.length };
  } finally {
    await rootfs.close();
  }
}

function lookAt(
  walked: Walked,
  ids: OwnerIds,
  texts: Texts,
  owner: number | undefined,
): { readonly entry: Entry; readonly isUnread: boolean } {
  const looked = BigInt(Date.now()) * 1_000_000n;
  const entry = entryOf(walked, ids, looked);
  if (entry.type !== 'f' || entry.size === 0) return { entry, isUnread: entry.isClosed };
  const content = walked.read();
  if (!content) return { entry, isUnread: true };
  const { sha256, size, text } = content;
  const mayKeep = text && size > 0 && (owner === undefined || walked.isReadableBy(owner));
  return {
    entry: {
      ...{ ...entry, sha256, size },
      // It was written meanwhile.
      ctime: size === entry.size ? entry.ctime : undefined,
      text: mayKeep ? texts.keep(sha256, text) : undefined,
    },
    isUnread: false,
  };
}

class Texts {
  readonly all: Buffer[] = [];
  readonly #places = new Map<string, number>();
  length = 0;

  /** @returns where it begins; undefined where it has no room */
  keep(sha256: string, text: Buffer): number | undefined {
    const known = this.#places.get(sha256);
    if (known !== undefined || this.length + text.length > mostText) return known;
    const at = this.length;
    this.#places.set(sha256, at);
    this.all.push(text);
    this.length += text.length;
    return at;
  }
}

/** Writes many lines at once, with the attributes that are asked for together. */
class Output {
  #waiting: Entry[] = [];
  length = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly of: { readonly rootfs: OpenFile; readonly ids: OwnerIds },
  ) {}

  async put(entry: Entry): Promise<void> {
    this.#waiting.push(entry);
    if (this.#waiting.length >= askedAtOnce) await this.flush();
  }

  async flush(): Promise<void> {
    const entries = withAttributes(this.of.rootfs, this.#waiting, this.of.ids);
    this.#waiting = [];
    await this.write(entries.map((entry) => `${toLine(entry)}\n`).join(''));
  }

  async write(lines: string): Promise<void> {
    this.length += lines.length;
    await this.file.appendFile(lines, 'latin1');
  }
}

/** PID and start time: by these the next one knows what was left by one that was killed. */
async function ownName(): Promise<string> {
  const { pid, startTime } = parseStat(await readFile('/proc/self/stat'));
  return `${pid}-${startTime}-${randomBytes(4).toString('hex')}`;
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid, startTime] = /^baseline\.mtree\.new-(\d{1,10})-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || (await startOf(pid)) === startTime) continue;
    await unlink(`${folder}/${name}`).catch((error: unknown) => {
      // Another one has removed it meanwhile; or somebody has made a folder of that name.
      if (!['ENOENT', 'EISDIR', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
    });
  }
}

async function startOf(pid: string): Promise<string | undefined> {
  try {
    return String(parseStat(await readFile(`/proc/${pid}/stat`)).startTime);
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) throw error;
    return undefined;
  }
}

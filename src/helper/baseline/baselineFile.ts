/**
 * The file of a baseline, `.terrarium/baseline.mtree`: a line that says what follows, an entry a line, and then the texts
 * that are kept, one after the other. It may have come with a repository.
 */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { withRegularFile } from '../../core/fs/readBounded';
import { layerFolder } from '../../core/sequence/overlayStep';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type LayerBundle, notFolder } from '../layer/layerTool';
import { type Entry, mostEntries, orderOf } from './entry';
import { parseLine } from './entryLine';
import { longestText } from './SortedWalk';

export const baselineName = 'baseline.mtree';

/** Of all entries, in bytes. */
export const longestList = 512 * 1024 ** 2;

export function firstLine(taken: number, textsAt: number): string {
  const digits = (value: number) => String(value).padStart(15, '0');
  return `#mtree terrarium-baseline 2 taken=${digits(taken)} texts=${digits(textsAt)}\n`;
}

const firstForm = /^#mtree terrarium-baseline 2 taken=(\d{15}) texts=(\d{15})\n$/;

export class Baseline {
  private constructor(
    private readonly fd: number,
    private readonly shown: string,
    /** In milliseconds of the Epoch. */
    readonly taken: number,
    private readonly textsAt: number,
  ) {}

  /** @throws TerrariumError `baseline-missing`, `baseline-unreadable`, `layer-not-folder`; what open(2) says */
  static async use<T>(
    bundle: LayerBundle,
    act: (baseline: Baseline) => Promise<T> | T,
  ): Promise<T> {
    const place = layerFolder(bundle);
    const found = await lstat(place).catch(unlessMissing);
    if (!found) throw noBaseline(bundle);
    if (!found.isDirectory()) throw notFolder(place);
    const folder = await openDirectoryNoFollow(place);
    const shown = `${place}/${baselineName}`;
    try {
      const done = await withRegularFile(
        `${pathOf(folder)}/${baselineName}`,
        async ({ fd }) => ({ result: await act(Baseline.#open(fd, shown)) }),
        shown,
      ).catch((error: unknown) => {
        if (codeOf(error) === 'ELOOP') throw unreadable(shown);
        if (codeOf(error) === 'ENOENT') throw noBaseline(bundle);
        throw error;
      });
      if (!done) throw unreadable(shown);
      return done.result;
    } finally {
      await folder.close();
    }
  }

  static #open(fd: number, shown: string): Baseline {
    const first = Buffer.alloc(firstLine(0, 0).length);
    const length = readSync(fd, first, 0, first.length, 0);
    const [, taken, texts] = firstForm.exec(first.toString('latin1', 0, length)) ?? [];
    const textsAt = Number(texts);
    if (taken === undefined || textsAt < length || textsAt > longestList) throw unreadable(shown);
    return new Baseline(fd, shown, Number(taken), textsAt);
  }

  /** In their order. @throws TerrariumError `baseline-unreadable` */
  *entries(): Generator<Entry> {
    const block = Buffer.alloc(1024 ** 2);
    let at = firstLine(0, 0).length;
    let [rest, count] = ['', 0];
    let last: string | undefined;
    while (at < this.textsAt) {
      const wanted = Math.min(block.length, this.textsAt - at);
      const length = readSync(this.fd, block, 0, wanted, at);
      if (length === 0) throw unreadable(this.shown);
      at += length;
      const lines = (rest + block.toString('latin1', 0, length)).split('\n');
      rest = lines.pop()!;
      // A line is shorter than a block: path and link are.
      if (rest.length > block.length) throw unreadable(this.shown);
      for (const line of lines) {
        const entry = parseLine(line);
        const order = entry && orderOf(entry.path);
        if (!entry || order === undefined || ++count > mostEntries + 1)
          throw unreadable(this.shown);
        if (last === undefined ? order !== '' : order <= last) throw unreadable(this.shown);
        last = order;
        yield entry;
      }
    }
    if (rest !== '' || last === undefined) throw unreadable(this.shown);
  }

  /** @returns undefined where it was not kept, or is not that of this entry */
  textOf({ text, size, sha256 }: Entry): Buffer | undefined {
    if (size === 0) return Buffer.alloc(0);
    if (text === undefined || size > longestText) return undefined;
    const found = Buffer.alloc(size);
    const length = readSync(this.fd, found, 0, size, this.textsAt + text);
    const digest = createHash('sha256').update(found).digest('hex');
    return length === size && digest === sha256 ? found : undefined;
  }
}

export function noBaseline({ name }: Pick<LayerBundle, 'name'>): TerrariumError {
  return new TerrariumError(
    'baseline-missing',
    `“${escapeControlCharacters(name)}” has no baseline.`,
    'Take one first (“Mark Baseline”; “helper.js baseline mark” on the command line).',
  );
}

function unreadable(file: string): TerrariumError {
  return new TerrariumError(
    'baseline-unreadable',
    `${escapeControlCharacters(file)} is no baseline that this version has written, or not all of one.`,
    'Take it anew (“Mark Baseline”; “helper.js baseline mark” on the command line), or forget it.',
  );
}

function unlessMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

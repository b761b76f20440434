/** What `terrarium-init layer watch` prints (src/init/watch.c), as differences between two lists of changes. */
import { isDeepStrictEqual } from 'node:util';
import { type LayerChange, type LayerDelta, maxChanges } from '../../protocol/layer';
import {
  type Told,
  endsEarly,
  parseChange,
  unreadable,
  withRenames,
  wordsOfChange,
} from './parseChanges';

/** Longest report, in bytes: many more changes than are told. */
const longest = 256 * 1024 * 1024;

/** Bytes of the paths and links that are kept, as they are sent: a message has them, and those that are gone. */
const maxKept = 4 * 1024 * 1024;

interface Report {
  /** What was told of these and of all below them holds no more; `.` is everything. */
  readonly tops: Set<string>;
  readonly told: Told[];
  readonly more: boolean;
}

interface Said {
  readonly changes: ReadonlyMap<string, LayerChange>;
  readonly more: boolean;
}

export class ChangeStream {
  /** Bytes of reports of which the last has not ended. */
  #parts: Buffer[] = [];
  #length = 0;
  readonly #told = new Map<string, Told>();
  /** Bytes of those. */
  #kept = 0;
  #more = false;
  #said: Said | undefined;

  /**
   * @returns what is different by the reports that have ended; undefined for nothing
   * @throws TerrariumError `changes-unreadable`
   */
  push(bytes: Buffer): LayerDelta | undefined {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length > longest) throw unreadable();
    // Read once, at the end of a report.
    if (!/(^|\0)(done|more)\0$/.test(tailOf(this.#parts))) return undefined;
    const reports = reportsOf(Buffer.concat(this.#parts).toString('utf8').split('\0').slice(0, -1));
    if (!reports) return undefined;
    this.#parts = [];
    this.#length = 0;
    for (const report of reports) this.#take(report);
    return this.#difference();
  }

  #take({ tops, told, more }: Report): void {
    if (tops.has('.')) {
      this.#told.clear();
      this.#kept = 0;
      this.#more = false;
    } else if (tops.size > 0)
      for (const path of this.#told.keys()) if (isAtOrBelow(path, tops)) this.#drop(path);
    for (const one of told) {
      this.#drop(one.change.path);
      const kept = this.#kept + sentBytes(one);
      if (this.#told.size >= maxChanges || kept > maxKept) this.#more = true;
      else {
        this.#told.set(one.change.path, one);
        this.#kept = kept;
      }
    }
    this.#more ||= more;
  }

  #drop(path: string): void {
    const known = this.#told.get(path);
    if (!known) return;
    this.#told.delete(path);
    this.#kept -= sentBytes(known);
  }

  #difference(): LayerDelta | undefined {
    const before = this.#said;
    const more = this.#more;
    const now = new Map(withRenames([...this.#told.values()]).map((one) => [one.path, one]));
    const changes = [...now.values()].filter(
      (change) => !isDeepStrictEqual(before?.changes.get(change.path), change),
    );
    const gone = [...(before?.changes.keys() ?? [])].filter((path) => !now.has(path));
    if (before && changes.length + gone.length === 0 && more === before.more) return undefined;
    this.#said = { changes: now, more };
    return { full: !before, gone, changes, more };
  }
}

function sentBytes({ change: { path, target = '' } }: Told): number {
  return Buffer.byteLength(JSON.stringify(path + target));
}

/** The last bytes: what ends a report, and one before it. */
function tailOf(parts: readonly Buffer[]): string {
  let tail = '';
  for (let at = parts.length; at > 0 && tail.length < 6; at--)
    tail = parts[at - 1]!.subarray(-6).toString('latin1') + tail;
  return tail.slice(-6);
}

/** @returns undefined where the last one has not ended: its last word so far is a path that is called like its end */
function reportsOf(words: readonly string[]): Report[] | undefined {
  const reports: Report[] = [];
  let [tops, told] = [new Set<string>(), [] as Told[]];
  for (let at = 0; at < words.length;) {
    const word = words[at]!;
    if (word === 'done' || word === endsEarly) {
      reports.push({ tops, told, more: word === endsEarly });
      [tops, told] = [new Set<string>(), []];
      at++;
    } else if (word === 'at') {
      if (at + 2 >= words.length) return undefined;
      tops.add(words[at + 1]!);
      at += 2;
    } else {
      if (at + wordsOfChange >= words.length) return undefined;
      told.push(parseChange(words.slice(at, at + wordsOfChange)));
      at += wordsOfChange;
    }
  }
  return reports;
}

function isAtOrBelow(path: string, tops: ReadonlySet<string>): boolean {
  if (tops.has(path)) return true;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    if (tops.has(path.slice(0, at))) return true;
  return false;
}

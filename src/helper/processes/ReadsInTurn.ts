/**
 * Values that change without a sign, or are expensive to read, are read for some processes at a time.
 * Used by ProcfsReader.ts.
 */
import type { ProcessInfo } from '../../protocol/processes';
import type { KnownProcess } from './KnownProcess';
import type { PidNamespace } from './PidNamespace';
import type { ProcFiles } from './ProcFiles';

/**
 * A program may overwrite its arguments or change its user without execve(2), so details are read
 * again in turn: of an eighth of them in one read, within these bounds.
 */
const [minDetails, maxDetails] = [8, 32];

/**
 * A read of PSS walks page tables. One read spends this share of its time on all processes in turn, because
 * PSS changes with the number of sharers, and the same share on processes whose RSS has changed since their
 * last PSS.
 */
const pssShare = 1 / 40;
const minPssMs = 0.5;

/**
 * The PSS of new processes is read at once, or a container that has just forked a lot would seem to use many
 * times its memory: for this share of the time of a read, and at least so many milliseconds.
 */
const unreadShare = 1 / 2;
const minUnreadMs = 10;

/** A process, with what was last told of it. */
export interface Row {
  readonly known: KnownProcess;
  info: ProcessInfo | undefined;
}

export class ReadsInTurn {
  #turn = { details: 0, pss: 0 };

  /** @param mayRead false for a host PID whose memory held up a reader before */
  constructor(
    private readonly files: ProcFiles,
    private readonly mayRead: (hostPid: number) => boolean,
  ) {}

  /** Of those that need it, and of some others. */
  readDetails(rows: ReadonlyMap<number, Row>, namespace: PidNamespace): void {
    const read = (row: Row) => {
      const { known } = row;
      const changed = known.readDetails(namespace, this.files, this.mayRead(known.hostPid));
      if (changed) row.info = undefined; // the next read finds ended processes
    };
    for (const row of rows.values()) if (row.known.needsDetails) read(row);
    const due = this.#inTurn(
      rows,
      'details',
      Math.min(maxDetails, Math.max(minDetails, Math.ceil(rows.size / 8))),
    );
    for (const row of due) read(row);
  }

  /**
   * @param spent milliseconds that this read has taken so far
   * @param isFirst the first read: rows are needed at once
   */
  readPss(rows: ReadonlyMap<number, Row>, spent: number, isFirst: boolean): void {
    const read = (row: Row) => {
      const { known } = row;
      if (this.mayRead(known.hostPid) && known.readPss(this.files)) row.info = undefined;
    };
    const ms = Math.max(minPssMs, spent * pssShare);
    const all = this.#inTurn(rows, 'pss', rows.size);
    this.#turn.pss += whileTime(ms, all, read);
    const other = all.filter(({ known }) => known.hasOtherMemory);
    const unread = isFirst ? [] : other.filter(({ known }) => known.hasUnreadMemory);
    if (unread.length > 0) whileTime(Math.max(minUnreadMs, spent * unreadShare), unread, read);
    else whileTime(ms, other, read);
  }

  /** Up to `count` rows, beginning where the last call for this ended. */
  #inTurn(rows: ReadonlyMap<number, Row>, what: 'details' | 'pss', count: number): Row[] {
    const { size } = rows;
    if (size === 0) return [];
    const first = this.#turn[what] % size;
    const taken = [...rows.values()].slice(first, first + count);
    if (what === 'details') this.#turn.details = first + taken.length;
    return taken;
  }
}

/** @returns how many it did within so many milliseconds: one at least, where there is one */
function whileTime<T>(ms: number, all: readonly T[], act: (one: T) => void): number {
  const until = performance.now() + ms;
  let done = 0;
  for (const one of all) {
    act(one);
    done++;
    if (performance.now() > until) break;
  }
  return done;
}

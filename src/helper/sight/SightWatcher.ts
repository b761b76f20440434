/**
 * Tells one client what each process of a container sees, while that client looks. Made by the server for
 * `watchSights`. What is new is read first; what is known is read again in turn, because nothing tells of
 * unshare(2), setns(2), chroot(2) or setuid(2). Both are bounded.
 */
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../core/errors';
import { ProcessTree } from '../../core/tree/processTree';
import type { SightRow, SightsDelta } from '../../protocol/sight';
import type { ProcessSnapshot } from '../../protocol/snapshot';
import { type BoundedReads, sightReads } from '../processes/BoundedReads';
import type { ProcessSource } from '../processes/ProcessWatcher';
import { readStat } from '../processes/readStat';
import { type ChainPlace, chainOf } from './chainOf';
import { Hostnames } from './Hostnames';
import { type Only, type PlacedRow, rowsOf } from './rowsOf';
import { takeSnapshot } from './takeSnapshot';

/** Milliseconds from one look to the next, and how many times as long as a look took it rests at least. */
const [interval, restFactor] = [400, 3];
/** How long a look may read what is new, and the rest after it where more is new, in milliseconds. */
const [newBudget, newRest] = [150, 30];
/** How many known processes are read again in one look, and how old a reading is before, in milliseconds. */
const [againAtOnce, againAfter] = [25, 900];
/** Rows in one message: the client parses it in one go. */
const perMessage = 100;

export interface SightWatcherOptions {
  readonly watch: string;
  /** Of the container. */
  readonly id: string;
  readonly place: ChainPlace;
  readonly only?: Only | undefined;
  readonly viewerElsewhere?: boolean;
  /** The processes of the container. @throws TerrariumError where they cannot be listed */
  readonly source: () => ProcessSource;
  /** Must not throw. Never called after `stop()`. */
  readonly emit: (delta: SightsDelta) => void;
  /** For tests: how processes are read. */
  readonly take?: typeof takeSnapshot;
  readonly reads?: BoundedReads;
}

interface Reading {
  snapshot: ProcessSnapshot;
  sign: string;
  at: number;
}

/** What is told beside rows and readings. */
type State = Omit<SightsDelta, 'watch' | 'rows' | 'seen'>;

export class SightWatcher {
  readonly #options: SightWatcherOptions;
  readonly #reads: BoundedReads;
  readonly #stopped = new AbortController();
  readonly #hostnames = new Hostnames();
  readonly #known = new Map<string, Reading>();
  #tree = new ProcessTree();
  #version: number | undefined;
  #rows: readonly SightRow[] | undefined;
  /** The last state, as text. */
  #told = '';
  /** What the looks have cost, in milliseconds, and how many snapshots there were. */
  readonly cost = { looks: 0, snapshots: 0, ms: 0 };

  constructor(options: SightWatcherOptions) {
    this.#options = options;
    this.#reads = options.reads ?? sightReads;
  }

  /** @throws nothing: what cannot be read is told as `error` */
  async run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const start = performance.now();
      let isWhole = true;
      try {
        isWhole = await this.#look();
      } catch (error) {
        this.#tell([], { left: 0, error: shortMessage(error) });
      }
      const took = performance.now() - start;
      this.cost.looks++;
      this.cost.ms += took;
      await rest(isWhole ? Math.max(interval, restFactor * took) : newRest, signal);
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** @returns whether all that was new has been read, or cannot be */
  async #look(): Promise<boolean> {
    const { id, place, only } = this.#options;
    const stat = (pid: number) =>
      this.#reads.ask(pid, () => readStat(`/proc/${pid}`), undefined, id);
    const [chain, error] = await Promise.all([chainOf(place, stat), this.#readTree()]);
    const { rows, left, isGone } = rowsOf(chain, this.#tree, only);
    const present = new Set(rows.map(({ row }) => row.key));
    for (const key of this.#known.keys()) if (!present.has(key)) this.#known.delete(key);
    const { seen, ended, isWhole } = await this.#read(rows);
    this.#hostnames.sweep();
    const blocking = this.#reads.blocking(id);
    this.#tell(
      seen,
      {
        ...{ left, ...(isGone && { gone: true as const }) },
        ...(error !== undefined && { error }),
        ...(blocking.length > 0 && { blocking }),
        ...(this.#reads.isFull(id) && { readsNothing: true as const }),
      },
      rows.filter(({ row }) => !ended.has(row.key)).map(({ row }) => row),
    );
    return isWhole;
  }

  /** @returns why the processes of the container are not known */
  async #readTree(): Promise<string | undefined> {
    try {
      const changes = await this.#options.source().changes(this.#version);
      const { full, upserted, removed, version } = changes;
      this.#tree.apply({ id: '', full, upserted: [...upserted], removed: [...removed] });
      this.#version = version;
      return undefined;
    } catch (error) {
      this.#tree = new ProcessTree();
      this.#version = undefined;
      return shortMessage(error);
    }
  }

  /** What is new or has changed, from top to bottom, then the oldest readings. */
  async #read(rows: readonly PlacedRow[]): Promise<{
    /** What is different. */
    readonly seen: [string, ProcessSnapshot][];
    readonly ended: ReadonlySet<string>;
    readonly isWhole: boolean;
  }> {
    const start = performance.now();
    const seen: [string, ProcessSnapshot][] = [];
    const ended = new Set<string>();
    const isNew = ({ row, sign }: PlacedRow) => this.#known.get(row.key)?.sign !== sign;
    const readAt = ({ row }: PlacedRow) => this.#known.get(row.key)?.at ?? 0;
    const old = rows
      .filter((one) => !isNew(one) && start - readAt(one) >= againAfter)
      .sort((a, b) => readAt(a) - readAt(b))
      .slice(0, againAtOnce);
    for (const one of [...rows.filter(isNew), ...old]) {
      const isOver = this.#stopped.signal.aborted || performance.now() - start > newBudget;
      if (isOver) return { seen, ended, isWhole: !isNew(one) };
      if (this.#reads.isFull(this.#options.id)) break;
      const { key } = one.row;
      const before = this.#known.get(key);
      const snapshot = await this.#snapshotOf(one);
      if (!snapshot) {
        this.#known.delete(key);
        // What keeps its readers waiting stays a row: a process must not hide like that.
        if (!existsSync(`/proc/${one.hostPid}`)) ended.add(key);
        continue;
      }
      this.#known.set(key, { snapshot, sign: one.sign, at: performance.now() });
      if (!isDeepStrictEqual(before?.snapshot, snapshot)) seen.push([key, snapshot]);
    }
    return { seen, ended, isWhole: true };
  }

  /** @returns undefined where it has ended, or keeps its readers waiting; a PID may be another process's by now */
  async #snapshotOf({ hostPid, startTime }: PlacedRow): Promise<ProcessSnapshot | undefined> {
    const { id, take = takeSnapshot } = this.#options;
    this.cost.snapshots++;
    const snapshot = await take(hostPid, {
      brief: true,
      hostname: (place, uts) => this.#hostnames.of(place, uts),
      ask: (pid, read) => this.#reads.ask(pid, read, undefined, id),
    });
    return snapshot?.startTime === startTime ? snapshot : undefined;
  }

  /** Nothing is told twice. @param rows undefined where they are not known */
  #tell(seen: [string, ProcessSnapshot][], state: State, rows?: readonly SightRow[]): void {
    const isOther = rows !== undefined && !isDeepStrictEqual(rows, this.#rows);
    if (isOther) this.#rows = rows;
    const said = JSON.stringify(state);
    if (!isOther && seen.length === 0 && said === this.#told) return;
    this.#told = said;
    // The readings come first: a row is shown with what is known of it.
    for (let at = 0; at < seen.length; at += perMessage)
      this.#emit({ ...state, seen: seen.slice(at, at + perMessage) });
    if (isOther || seen.length === 0)
      this.#emit({ ...state, seen: [], ...(isOther && { rows: [...rows] }) });
  }

  #emit(delta: Omit<SightsDelta, 'watch'>): void {
    if (this.#stopped.signal.aborted) return;
    const { watch, viewerElsewhere, emit } = this.#options;
    emit({ watch, ...(viewerElsewhere && { viewerElsewhere: true as const }), ...delta });
  }
}

function shortMessage(error: unknown): string {
  return messageOf(error).slice(0, 4096);
}

function rest(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stopped.addEventListener('abort', end);
  });
}

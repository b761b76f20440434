/**
 * Tells one client what each process of a container sees, while that client looks. Made by the server for
 * `watchSights`. What is new is read first; what is known is read again in turn, because nothing tells of
 * unshare(2), setns(2), chroot(2) or setuid(2). Both are bounded.
 */
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../core/errors';
import { ProcessTree } from '../../core/tree/processTree';
import { type ProcessSnapshot } from '../../protocol/snapshot';
import type { SightRow, SightsDelta } from '../../protocol/sight';
import type { ProcessSource } from '../processes/ProcessWatcher';
import { type ChainPlace, chainOf } from './chainOf';
import { Hostnames } from './Hostnames';
import { type Only, type PlacedRow, rowsOf } from './rowsOf';
import { takeSnapshot } from './takeSnapshot';

/** Milliseconds from one look to the next, and how many times as long as a look took it rests at least. */
const [interval, restFactor] = [400, 3];
/** How long a look may read what is new, in milliseconds; the rest comes with the next one. */
const newBudget = 150;
/** How many known processes are read again in one look, and how old a reading is before, in milliseconds. */
const [againAtOnce, againAfter] = [25, 900];
/** Rows in one message: the client parses it in one go. */
const perMessage = 100;

export interface SightWatcherOptions {
  readonly watch: string;
  readonly place: ChainPlace;
  readonly only?: Only | undefined;
  readonly viewerElsewhere?: boolean;
  /** The processes of the container. @throws TerrariumError where they cannot be listed */
  readonly source: () => ProcessSource;
  /** Must not throw. Never called after `stop()`. */
  readonly emit: (delta: SightsDelta) => void;
  /** For tests: what a process sees. */
  readonly take?: typeof takeSnapshot;
}

interface Reading {
  snapshot: ProcessSnapshot;
  sign: string;
  at: number;
}

export class SightWatcher {
  readonly #options: SightWatcherOptions;
  readonly #stopped = new AbortController();
  readonly #hostnames = new Hostnames();
  readonly #known = new Map<string, Reading>();
  #tree = new ProcessTree();
  #version: number | undefined;
  #rows: readonly SightRow[] | undefined;
  #told = '';
  /** What the looks have cost, in milliseconds, and how many snapshots there were. */
  readonly cost = { looks: 0, snapshots: 0, ms: 0 };

  constructor(options: SightWatcherOptions) {
    this.#options = options;
  }

  /** @throws nothing: what cannot be read is told as `error` */
  async run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const start = performance.now();
      await this.#look().catch((error: unknown) => this.#tell({ error: messageOf(error) }));
      const took = performance.now() - start;
      this.cost.looks++;
      this.cost.ms += took;
      await rest(Math.max(interval, restFactor * took), signal);
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #look(): Promise<void> {
    const { place, only } = this.#options;
    const [chain, error] = await Promise.all([chainOf(place), this.#readTree()]);
    const { rows, left, isGone } = rowsOf(chain, this.#tree, only);
    const present = new Set(rows.map(({ row }) => row.key));
    for (const key of this.#known.keys()) if (!present.has(key)) this.#known.delete(key);
    const seen: [string, ProcessSnapshot][] = [];
    const ended = new Set<string>();
    for await (const [{ row }, snapshot] of this.#read(rows)) {
      if (!snapshot) ended.add(row.key);
      else seen.push([row.key, snapshot]);
    }
    this.#hostnames.sweep();
    this.#send({
      rows: rows.filter(({ row }) => !ended.has(row.key)).map(({ row }) => row),
      ...{ seen, left, isGone, error },
    });
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
      return messageOf(error);
    }
  }

  /** What is new or has changed, then the oldest readings. Yields what is different, and what has ended. */
  async *#read(
    rows: readonly PlacedRow[],
  ): AsyncGenerator<[PlacedRow, ProcessSnapshot | undefined]> {
    const start = performance.now();
    const isNew = ({ row, sign }: PlacedRow) => this.#known.get(row.key)?.sign !== sign;
    const readAt = ({ row }: PlacedRow) => this.#known.get(row.key)?.at ?? 0;
    const old = rows
      .filter((one) => !isNew(one) && start - readAt(one) >= againAfter)
      .sort((a, b) => readAt(a) - readAt(b))
      .slice(0, againAtOnce);
    for (const one of [...rows.filter(isNew), ...old]) {
      if (this.#stopped.signal.aborted || performance.now() - start > newBudget) return;
      const before = this.#known.get(one.row.key);
      const snapshot = await this.#snapshotOf(one);
      if (!snapshot) {
        this.#known.delete(one.row.key);
        // What keeps its readers waiting stays a row: a process must not hide like that.
        if (!existsSync(`/proc/${one.hostPid}`)) yield [one, undefined];
        continue;
      }
      this.#known.set(one.row.key, { snapshot, sign: one.sign, at: performance.now() });
      if (!isDeepStrictEqual(before?.snapshot, snapshot)) yield [one, snapshot];
    }
  }

  /** @returns undefined where it has ended, or keeps its readers waiting; a PID may be another process's by now */
  async #snapshotOf({ hostPid, startTime }: PlacedRow): Promise<ProcessSnapshot | undefined> {
    const { take = takeSnapshot } = this.#options;
    this.cost.snapshots++;
    const snapshot = await take(hostPid, {
      brief: true,
      hostname: (place, uts) => this.#hostnames.of(place, uts),
    });
    return snapshot?.startTime === startTime ? snapshot : undefined;
  }

  #send({
    rows,
    seen,
    left,
    isGone,
    error,
  }: {
    readonly rows: readonly SightRow[];
    readonly seen: readonly [string, ProcessSnapshot][];
    readonly left: number;
    readonly isGone: boolean;
    readonly error: string | undefined;
  }): void {
    const isOther = !isDeepStrictEqual(rows, this.#rows);
    this.#rows = rows;
    const rest: Partial<SightsDelta> = {
      ...{ left, ...(isGone && { gone: true as const }) },
      ...(error === undefined ? {} : { error: error.slice(0, 4096) }),
    };
    const said = JSON.stringify(rest);
    if (!isOther && seen.length === 0 && said === this.#told) return;
    this.#told = said;
    // The readings come first: a row is shown with what is known of it.
    for (let at = 0; at < seen.length; at += perMessage)
      this.#tell({ ...rest, seen: seen.slice(at, at + perMessage) });
    if (isOther || seen.length === 0) this.#tell({ ...rest, ...(isOther && { rows: [...rows] }) });
  }

  #tell(delta: Partial<SightsDelta>): void {
    if (this.#stopped.signal.aborted) return;
    const { watch, viewerElsewhere, emit } = this.#options;
    const elsewhere = viewerElsewhere ? { viewerElsewhere: true as const } : {};
    emit({ watch, seen: [], left: 0, ...elsewhere, ...delta });
  }
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

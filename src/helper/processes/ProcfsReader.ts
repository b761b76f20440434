/**
 * Reads the processes of one running container, again and again. Runs in the reader thread, so it
 * may take the time that it needs.
 *
 * Which processes there are comes from the container's own procfs, through a descriptor from before
 * its payload ran: nothing that is mounted over /proc later stands in between. What they are is read
 * from the host's /proc. Not a single name *below* that descriptor is looked up: root in a container
 * can mount on /proc/1 too, and a FIFO or a FUSE file there would hold the reader for ever.
 */
import { closeSync, constants, openSync, readFileSync, readdirSync, statfsSync } from 'node:fs';
import { TerrariumError } from '../../core/errors';
import type { ProcessInspection } from '../../protocol/inspection';
import type { Unheard } from '../../protocol/messages';
import type { ProcessInfo } from '../../protocol/processes';
import { bootTime } from '../host/bootTime';
import { HostPids, listPids } from './HostPids';
import { KnownProcess } from './KnownProcess';
import { PidNamespace } from './PidNamespace';
import { ProcFiles, ifTold } from './ProcFiles';
import { inspectProcess } from './inspectProcess';
import { pageSize } from './pageSize';
import { unheardBy } from './unheard';
import { wasAdopted } from './wasAdopted';

/** statfs(2): the file system's magic number. */
const PROC_SUPER_MAGIC = 0x9fa0;

/**
 * A program may overwrite its arguments or change its user without execve(2), so details are read
 * again in turn: of an eighth of them in one read, within these bounds.
 */
const [minDetails, maxDetails] = [8, 32];

/**
 * Proportional memory use walks page tables. One read spends this share of its time on all in turn, because
 * it changes with whoever shares their pages, and as much on processes whose resident memory is another
 * than when it was last read.
 */
const pssShare = 1 / 40;
const minPssMs = 0.5;

/**
 * What came since the first read is asked for its proportional memory at once, else a container that has
 * just forked a lot would seem to use many times what it does: for this share of the time of a read, and so
 * many milliseconds at least.
 */
const unreadShare = 1 / 2;
const minUnreadMs = 10;

/** A wall clock that is set gives every process another start time; what is less is inexact reading. */
const clockStepMs = 1000;

/** Reads after which a listed PID that the host's /proc did not show is looked for again. */
const readsWhileHidden = 16;

export interface ProcfsReaderOptions {
  /** The container's own procfs: an open descriptor of its folder (which stays the caller's), or a path. */
  readonly procfs: number | string;
  /** PID 1 as the host sees it. */
  readonly hostPid: number;
  /** How many files it may keep open. */
  readonly maxFiles?: number;
  /** Told the host PID before a file of that process is read, and 0 after it. */
  readonly waiting?: (hostPid: number) => void;
  /** Host PIDs whose memory is not to be read: it held up a reader before. */
  readonly avoid?: ReadonlySet<number>;
}

interface Row {
  readonly known: KnownProcess;
  info: ProcessInfo | undefined;
}

export class ProcfsReader {
  readonly #pid1: number;
  readonly #descriptor: number;
  readonly #files: ProcFiles;
  readonly #hostPids: HostPids;
  readonly #avoid: ReadonlySet<number>;
  readonly #pageSize = pageSize();
  #bootedAt = bootTime();
  #namespace: PidNamespace | undefined;
  /** By container PID, in ascending order. */
  #rows = new Map<number, Row>();
  /** Host PID → container PID of all rows. */
  readonly #pids = new Map<number, number>();
  /** Somebody came or went since the last read, so that parents may be others. */
  #isOther = true;
  /** Listed PIDs of which the host's /proc shows nothing, with the read that may look again. */
  #hidden = new Map<number, number>();
  #freeFiles: number;
  #reads = 0;
  #turn = { details: 0, pss: 0 };
  #closed = false;

  /** @throws TerrariumError where `procfs` is no procfs; Error of open(2) */
  constructor({ procfs, hostPid, maxFiles = 4096, waiting, avoid }: ProcfsReaderOptions) {
    this.#pid1 = hostPid;
    this.#files = new ProcFiles(waiting);
    this.#hostPids = new HostPids(this.#files);
    this.#avoid = avoid ?? new Set();
    this.#freeFiles = maxFiles;
    // A descriptor of our own: the caller may close its one before this reader is closed.
    const folder = typeof procfs === 'number' ? `/proc/self/fd/${procfs}` : procfs;
    this.#descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    if (statfsSync(this.#folder).type !== PROC_SUPER_MAGIC) {
      closeSync(this.#descriptor);
      throw new TerrariumError(
        'not-procfs',
        'The /proc of this container is not a procfs, so its processes cannot be listed.',
        'Mount {"destination": "/proc", "type": "proc", "source": "proc"} in its config.json.',
      );
    }
  }

  /**
   * All processes by PID, those of nested PID namespaces included; empty once the container has
   * ended. Whatever ends meanwhile is left out. What is as before is the same object as before.
   * @throws TerrariumError where the container has no PID namespace of its own; Error of the kernel
   */
  read(): ProcessInfo[] {
    const listed = this.#closed ? [] : listPids(this.#folder);
    const namespace = listed.length > 0 ? this.#openNamespace() : undefined;
    if (!namespace) {
      this.#forget(() => true);
      return [];
    }
    this.#reads++;
    this.#followClock();
    const now = performance.now();
    const alive = new Set(listed);
    this.#forget((pid) => !alive.has(pid));
    for (const [pid, row] of this.#rows) {
      const changed = row.known.update(this.#files, now);
      if (changed === undefined) this.#drop(pid, row);
      else if (changed) row.info = undefined;
    }
    this.#discover(namespace, listed, now);
    this.#readDetails(namespace);
    this.#readPss(performance.now() - now);
    return this.#infos(namespace);
  }

  /** The host PID of a process, undefined where there is none with this PID and start time. */
  hostPidOf(pid: number, startTime: string): number | undefined {
    if (this.#rows.get(pid)?.known.stat.startTime !== startTime) this.read();
    const known = this.#rows.get(pid)?.known;
    return known?.stat.startTime === startTime ? known.hostPid : undefined;
  }

  /** What is inside a process; undefined where there is none with this PID and start time. */
  inspect(pid: number, startTime: string, environment: boolean): ProcessInspection | undefined {
    const hostPid = this.hostPidOf(pid, startTime);
    if (hostPid === undefined || !this.isStill(hostPid, pid, startTime)) return undefined;
    const options = { hostPid, pid1: this.#pid1, environment };
    const mayReadMemory = this.#mayRead(hostPid);
    return inspectProcess(this.#namespace!, this.#files, { ...options, mayReadMemory });
  }

  /** Whether `hostPid` is that process right now; see `PidNamespace.isStill`. */
  isStill(hostPid: number, pid: number, startTime: string): boolean {
    return this.#openNamespace()?.isStill(this.#files, hostPid, pid, startTime) ?? false;
  }

  /** Why a signal does nothing to a process; see `unheardBy`. Nothing else is done before it is known. */
  unheardBy(hostPid: number, signal: number): Promise<Unheard | undefined> {
    const told = <T>(ask: () => T): Promise<T | undefined> =>
      Promise.resolve(this.#files.during(hostPid, () => ifTold(ask)));
    return unheardBy(hostPid, signal, {
      // `syscall` waits for an execve(2), and that for the memory of before.
      read: (path) =>
        path.endsWith('/syscall') && !this.#mayRead(hostPid)
          ? Promise.resolve(undefined)
          : told(() => readFileSync(`/proc/${path}`)),
      list: (path) => told(() => readdirSync(`/proc/${path}`)),
    });
  }

  /** Lets all files go. The container may have ended or not. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget(() => true);
    closeSync(this.#descriptor);
  }

  get #folder(): string {
    return `/proc/self/fd/${this.#descriptor}`;
  }

  #openNamespace(): PidNamespace | undefined {
    this.#namespace ??= PidNamespace.of(this.#pid1, this.#files);
    return this.#namespace;
  }

  #forget(isGone: (pid: number) => boolean): void {
    for (const [pid, row] of this.#rows) if (isGone(pid)) this.#drop(pid, row);
    for (const pid of this.#hidden.keys()) if (isGone(pid)) this.#hidden.delete(pid);
  }

  #drop(pid: number, { known }: Row): void {
    if (known.keepsFile) this.#freeFiles++;
    known.close();
    this.#rows.delete(pid);
    if (this.#pids.get(known.hostPid) === pid) this.#pids.delete(known.hostPid);
    this.#isOther = true;
  }

  /** Looks for what is listed and not known: among what is new on the host, then among everybody. */
  #discover(namespace: PidNamespace, listed: readonly number[], now: number): void {
    const isNew = (pid: number) =>
      !this.#rows.has(pid) && (this.#hidden.get(pid) ?? 0) <= this.#reads;
    const wanted = listed.filter(isNew);
    if (wanted.length === 0) return;
    const members = new Set(this.#pids.keys());
    this.#add(namespace, this.#hostPids.findNew(namespace, members), now);
    // What has ended by now needs no search: else a storm of short-lived ones would cost one each time.
    const missing = () => {
      const left = wanted.filter((pid) => !this.#rows.has(pid));
      if (left.length === 0) return left;
      const still = new Set(listPids(this.#folder));
      return left.filter((pid) => still.has(pid));
    };
    if (missing().length === 0) return;
    this.#add(namespace, this.#hostPids.findAnywhere(namespace, members), now);
    for (const pid of missing()) this.#hidden.set(pid, this.#reads + readsWhileHidden);
  }

  #add(namespace: PidNamespace, found: ReturnType<HostPids['findNew']>, now: number): void {
    let last = 0;
    for (const pid of this.#rows.keys()) last = pid;
    let isSorted = true;
    for (const { pid, hostPid, identity } of found) {
      const known = KnownProcess.open(hostPid, this.#files, this.#freeFiles > 0, now);
      if (!known) continue;
      if (known.keepsFile) this.#freeFiles--;
      const row: Row = { known, info: undefined };
      const before = this.#rows.get(pid);
      if (before) this.#drop(pid, before);
      this.#rows.set(pid, row);
      this.#pids.set(hostPid, pid);
      this.#isOther = true;
      isSorted &&= pid > last;
      last = pid;
      const isThere = known.readDetails(namespace, this.#files, this.#mayRead(hostPid), identity);
      if (isThere === undefined) this.#drop(pid, row);
    }
    if (!isSorted) this.#rows = new Map([...this.#rows].sort(([a], [b]) => a - b));
  }

  #mayRead(hostPid: number): boolean {
    return !this.#avoid.has(hostPid);
  }

  #readDetails(namespace: PidNamespace): void {
    const read = (row: Row) => {
      const { known } = row;
      const changed = known.readDetails(namespace, this.#files, this.#mayRead(known.hostPid));
      if (changed) row.info = undefined; // whatever has ended is found out by the next read
    };
    for (const row of this.#rows.values()) if (row.known.needsDetails) read(row);
    const due = this.#inTurn(
      'details',
      Math.min(maxDetails, Math.max(minDetails, Math.ceil(this.#rows.size / 8))),
    );
    for (const row of due) read(row);
  }

  /** @param spent milliseconds that this read has taken so far */
  #readPss(spent: number): void {
    const read = (row: Row) => {
      const { known } = row;
      if (this.#mayRead(known.hostPid) && known.readPss(this.#files)) row.info = undefined;
    };
    const ms = Math.max(minPssMs, spent * pssShare);
    const all = this.#inTurn('pss', this.#rows.size);
    this.#turn.pss += whileTime(ms, all, read);
    const other = all.filter(({ known }) => known.hasOtherMemory);
    const isFirst = this.#reads === 1; // whoever begins to look wants to see rows
    const unread = isFirst ? [] : other.filter(({ known }) => known.hasUnreadMemory);
    if (unread.length > 0) whileTime(Math.max(minUnreadMs, spent * unreadShare), unread, read);
    else whileTime(ms, other, read);
  }

  /** Up to `count` rows, beginning where the last call for this ended. */
  #inTurn(what: 'details' | 'pss', count: number): Row[] {
    const { size } = this.#rows;
    if (size === 0) return [];
    const rows = [...this.#rows.values()];
    const first = this.#turn[what] % size;
    const taken = rows.slice(first, first + count);
    if (what === 'details') this.#turn.details = first + taken.length;
    return taken;
  }

  #infos(namespace: PidNamespace): ProcessInfo[] {
    const infos: ProcessInfo[] = [];
    for (const [pid, row] of this.#rows) {
      const { known } = row;
      if (known.stat.kernelThread) continue;
      if (!row.info || this.#isOther) {
        // PID 1's parent and that of a session are processes of the host.
        const ppid = this.#pids.get(known.stat.ppid) ?? 0;
        if (row.info?.ppid !== ppid) row.info = this.#info(namespace, pid, ppid, known);
      }
      infos.push(row.info);
    }
    this.#isOther = false;
    return infos;
  }

  /** A step of the wall clock moves the start of every process, as ps(1) tells it. */
  #followClock(): void {
    const bootedAt = bootTime();
    if (Math.abs(bootedAt - this.#bootedAt) < clockStepMs) return;
    this.#bootedAt = bootedAt;
    for (const row of this.#rows.values()) row.info = undefined;
  }

  #info(namespace: PidNamespace, pid: number, ppid: number, known: KnownProcess): ProcessInfo {
    const { stat, hostPid, uid, euid, commandLine, cpu, hasUnreadMemory } = known;
    const { rss, pss } = known.memory(this.#pageSize);
    return {
      key: `${namespace.inode}:${pid}:${stat.startTime}`,
      pid,
      hostPid,
      ppid,
      startTime: stat.startTime,
      name: stat.comm,
      commandLine,
      state: stat.state,
      ...(known.thread === undefined ? {} : { mainThreadEnded: true as const }),
      uid,
      euid,
      rss,
      ...(pss === undefined ? {} : { pss }),
      ...(hasUnreadMemory && this.#mayRead(hostPid) ? { pssUnread: true as const } : {}),
      threads: stat.threads,
      cpu,
      nice: stat.nice,
      startedAt: Math.round(this.#bootedAt + Number(stat.startTime) * 10),
      adopted: known.adopted || this.#wasAdopted(known, ppid),
    };
  }

  #wasAdopted(known: KnownProcess, ppid: number): boolean {
    const parent = this.#rows.get(ppid)?.known;
    return parent !== undefined && wasAdopted(known, parent, (hostPid) => this.#pids.has(hostPid));
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

/**
 * Reads the processes of one running container, again and again. Runs in the reader thread, so it
 * may take the time that it needs.
 *
 * The list of PIDs comes from the container's own procfs, through a descriptor opened before the payload
 * ran: no later mount over /proc can hide it. Their details are read from the host's /proc. No name
 * *below* that descriptor is looked up: root in a container can mount on /proc/1 too, and a FIFO or a
 * FUSE file there would block the reader for ever.
 */
import { closeSync, constants, openSync, readFileSync, readdirSync, statfsSync } from 'node:fs';
import { TerrariumError } from '../../core/errors';
import type { ProcessInspection } from '../../protocol/inspection';
import type { Unheard } from '../../protocol/messages';
import type { Places } from '../../protocol/places';
import type { ProcessInfo } from '../../protocol/processes';
import { bootTime } from '../host/bootTime';
import { HostPids, listPids } from './HostPids';
import { KnownProcess } from './KnownProcess';
import { PidNamespace } from './PidNamespace';
import { ProcFiles, ifTold } from './ProcFiles';
import { inspectProcess } from './inspectProcess';
import { pageSize } from './pageSize';
import { differentPlace, namespacesOf, placeOf } from './placeOf';
import { processInfo } from './processInfo';
import type { ProcessName } from './processName';
import { ReadsInTurn, type Row } from './ReadsInTurn';
import { unheardBy } from './unheard';
import { wasAdopted } from './wasAdopted';

/** statfs(2): the file system's magic number. */
const PROC_SUPER_MAGIC = 0x9fa0;

/** A step of the wall clock changes every start time; a smaller difference is inexact reading. */
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

export class ProcfsReader {
  readonly #pid1: number;
  readonly #descriptor: number;
  readonly #files: ProcFiles;
  readonly #hostPids: HostPids;
  readonly #avoid: ReadonlySet<number>;
  readonly #turns: ReadsInTurn;
  readonly #pageSize = pageSize();
  #bootedAt = bootTime();
  #namespace: PidNamespace | undefined;
  /** By container PID, in ascending order. */
  #rows = new Map<number, Row>();
  /** Host PID → container PID of all rows. */
  readonly #pids = new Map<number, number>();
  /** A process started or ended since the last read, so parents may have changed. */
  #isOther = true;
  /** Listed PIDs of which the host's /proc shows nothing, with the read that may look again. */
  #hidden = new Map<number, number>();
  #freeFiles: number;
  #reads = 0;
  #closed = false;

  /** @throws TerrariumError where `procfs` is no procfs; Error of open(2) */
  constructor({ procfs, hostPid, maxFiles = 4096, waiting, avoid }: ProcfsReaderOptions) {
    this.#pid1 = hostPid;
    this.#files = new ProcFiles(waiting);
    this.#hostPids = new HostPids(this.#files);
    this.#avoid = avoid ?? new Set();
    this.#turns = new ReadsInTurn(this.#files, (hostPid) => this.#mayRead(hostPid));
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
    this.#turns.readDetails(this.#rows, namespace);
    this.#turns.readPss(this.#rows, performance.now() - now, this.#reads === 1);
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

  /**
   * Where PID 1 is, and which of these processes are elsewhere. One that has ended, or was not read yet, is
   * left out.
   */
  places(names: readonly ProcessName[]): Places {
    const look = (hostPid: number) =>
      this.#files.during(hostPid, () => placeOf(hostPid, this.#mayRead(hostPid)));
    const first = look(this.#pid1);
    const others = names.flatMap(({ pid, startTime }) => {
      const known = this.#rows.get(pid)?.known;
      if (pid === 1 || known?.stat.startTime !== startTime) return [];
      const { hostPid } = known;
      const elsewhere = differentPlace(first, look(hostPid));
      // The host may have given its number to another process since it was read.
      return elsewhere && this.isStill(hostPid, pid, startTime)
        ? [{ pid, startTime, ...elsewhere }]
        : [];
    });
    return {
      machine: namespacesOf('self'),
      ...(first.namespaces.length > 0 && { first }),
      others,
    };
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

  /** Finds the host PIDs of unknown listed PIDs: among new processes of the host, then among all. */
  #discover(namespace: PidNamespace, listed: readonly number[], now: number): void {
    const isNew = (pid: number) =>
      !this.#rows.has(pid) && (this.#hidden.get(pid) ?? 0) <= this.#reads;
    const wanted = listed.filter(isNew);
    if (wanted.length === 0) return;
    const members = new Set(this.#pids.keys());
    this.#add(namespace, this.#hostPids.findNew(namespace, members), now);
    // No search for ended processes: many short-lived ones would each cost one.
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

  #infos(namespace: PidNamespace): ProcessInfo[] {
    const infos: ProcessInfo[] = [];
    for (const [pid, row] of this.#rows) {
      const { known } = row;
      if (known.stat.kernelThread) continue;
      if (!row.info || this.#isOther) {
        // PID 1's parent and that of a session are processes of the host.
        const ppid = this.#pids.get(known.stat.ppid) ?? 0;
        if (row.info?.ppid !== ppid)
          row.info = processInfo(known, {
            ...{ namespace, pid, ppid, pageSize: this.#pageSize, bootedAt: this.#bootedAt },
            mayReadMemory: this.#mayRead(known.hostPid),
            adopted: known.adopted || this.#wasAdopted(known, ppid),
          });
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

  #wasAdopted(known: KnownProcess, ppid: number): boolean {
    const parent = this.#rows.get(ppid)?.known;
    return parent !== undefined && wasAdopted(known, parent, (hostPid) => this.#pids.has(hostPid));
  }
}

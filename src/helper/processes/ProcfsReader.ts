/**
 * Reads the processes of one running container. Made by the server when the container runs; the
 * process watchers call `read`, `signalProcess` asks it for host PIDs.
 *
 * Which processes there are comes from the container's own procfs, through a descriptor from before
 * its payload ran: nothing that is mounted over /proc later stands in between. What they are is read
 * from the host's /proc. Not a single name *below* that descriptor is looked up: root in a container
 * can mount on /proc/1 too, and a FIFO or a FUSE file there would hold the helper for ever.
 */
import { closeSync, constants, openSync, statfsSync } from 'node:fs';
import { TerrariumError } from '../../core/errors';
import type { ProcessInfo } from '../../protocol/processes';
import { PidNamespace } from './PidNamespace';
import { findAmongChildren, findAnywhere, listNumbers } from './findHostPids';
import { forEachBounded } from './forEachBounded';
import { pageSize } from './pageSize';
import { type KnownProcess, readKnownProcess, readsBetweenDetails } from './readKnownProcess';

/** statfs(2): the file system's magic number. */
const PROC_SUPER_MAGIC = 0x9fa0;

export interface ProcfsReaderOptions {
  /** The container's own procfs: an open descriptor of its folder (which stays the caller's), or a path. */
  readonly procfs: number | string;
  /** PID 1 as the host sees it. */
  readonly hostPid: number;
}

export class ProcfsReader {
  readonly #pid1: number;
  readonly #descriptor: number;
  readonly #pageSize = pageSize();
  #namespace: PidNamespace | undefined;
  /** By container PID. */
  #known = new Map<number, KnownProcess>();
  /** Listed PIDs of which the host's /proc shows nothing, with the read that may look again. */
  #hidden = new Map<number, number>();
  #reads = 0;
  #reading: Promise<ProcessInfo[]> | undefined;
  #closed = false;

  /** @throws TerrariumError where `procfs` is no procfs; Error of open(2) */
  constructor({ procfs, hostPid }: ProcfsReaderOptions) {
    this.#pid1 = hostPid;
    // A descriptor of our own: the caller may close its one while a read is under way.
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
   * All processes, those of nested PID namespaces included; empty once the container has ended.
   * Whatever ends meanwhile is left out. A second call during a read gets the result of that read.
   * @throws TerrariumError where the container has no PID namespace of its own; Error of the kernel
   */
  read(): Promise<ProcessInfo[]> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** The host PID of a process, undefined where there is none with this PID and start time. */
  async hostPidOf(pid: number, startTime: string): Promise<number | undefined> {
    if (this.#known.get(pid)?.stat.startTime !== startTime) await this.read();
    const known = this.#known.get(pid);
    return known?.stat.startTime === startTime ? known.hostPid : undefined;
  }

  /** Whether `hostPid` is that process right now; see `PidNamespace.isStill`. */
  isStill(hostPid: number, pid: number, startTime: string): boolean {
    return this.#namespace?.isStill(hostPid, pid, startTime) ?? false;
  }

  /** Lets the procfs go, after a read that is under way. The container may have ended or not. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#reading?.catch(() => undefined); // whoever asked for that read got its error
    closeSync(this.#descriptor);
  }

  get #folder(): string {
    return `/proc/self/fd/${this.#descriptor}`;
  }

  async #read(): Promise<ProcessInfo[]> {
    const listed = this.#closed ? [] : await listNumbers(this.#folder);
    const namespace = listed.length > 0 ? this.#openNamespace() : undefined;
    if (!namespace) {
      this.#known.clear();
      return [];
    }
    this.#reads++;
    const alive = new Set(listed);
    for (const pid of this.#known.keys()) if (!alive.has(pid)) this.#known.delete(pid);
    for (const pid of this.#hidden.keys()) if (!alive.has(pid)) this.#hidden.delete(pid);
    await this.#update(namespace, hostPidsOf(this.#known));
    await this.#discover(namespace, listed);
    return this.#processes(namespace);
  }

  #openNamespace(): PidNamespace | undefined {
    this.#namespace ??= PidNamespace.of(this.#pid1);
    return this.#namespace;
  }

  /** Looks for the host PIDs of what is listed and not known: the cheap way, then the sure one. */
  async #discover(namespace: PidNamespace, listed: readonly number[]): Promise<void> {
    const isNew = (pid: number) =>
      !this.#known.has(pid) && (this.#hidden.get(pid) ?? 0) <= this.#reads;
    const wanted = new Set(listed.filter(isNew));
    if (wanted.size === 0) return;
    const found = hostPidsOf(this.#known);
    if (wanted.has(1)) found.set(1, this.#pid1);
    await findAmongChildren(namespace, found, wanted);
    // What has ended by now needs no search: else a storm of short-lived ones would cost one each time.
    const missing = async () =>
      (await listNumbers(this.#folder)).filter((pid) => wanted.has(pid) && !found.has(pid));
    if ((await missing()).length > 0) {
      await findAnywhere(namespace, found);
      for (const pid of await missing()) this.#hidden.set(pid, this.#reads + readsBetweenDetails);
    }
    for (const pid of this.#known.keys()) found.delete(pid);
    await this.#update(namespace, found);
  }

  async #update(namespace: PidNamespace, hostPids: ReadonlyMap<number, number>): Promise<void> {
    await forEachBounded(hostPids, async ([pid, hostPid], files) => {
      const before = this.#known.get(pid);
      const known = await readKnownProcess(namespace, hostPid, before, this.#reads, files);
      if (known) this.#known.set(pid, known);
      else this.#known.delete(pid);
    });
  }

  #processes(namespace: PidNamespace): ProcessInfo[] {
    const pids = new Map([...this.#known].map(([pid, { hostPid }]) => [hostPid, pid]));
    return [...this.#known]
      .filter(([, { stat }]) => !stat.kernelThread)
      .map(([pid, { hostPid, stat, uid, commandLine }]) => ({
        key: `${namespace.inode}:${pid}:${stat.startTime}`,
        pid,
        hostPid,
        // PID 1's parent and that of a session are processes of the host.
        ppid: pids.get(stat.ppid) ?? 0,
        startTime: stat.startTime,
        name: stat.comm,
        commandLine,
        state: stat.state,
        uid,
        rss: stat.rssPages * this.#pageSize,
        threads: stat.threads,
      }))
      .sort((a, b) => a.pid - b.pid);
  }
}

function hostPidsOf(known: ReadonlyMap<number, KnownProcess>): Map<number, number> {
  return new Map([...known].map(([pid, { hostPid }]) => [pid, hostPid]));
}

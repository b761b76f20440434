/**
 * Recognizes the processes of one container among those of the host. Made by the process reader from
 * PID 1; used in its thread to find host PIDs and, right before a signal, to make sure of one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { TerrariumError } from '../../core/errors';
import { type IdExtent, idInside, parseIdMap } from '../../core/procfs/parseIdMap';
import { parseStat } from '../../core/procfs/parseStat';
import {
  type Identity,
  type ProcessStatus,
  parseIdentity,
  parseStatus,
} from '../../core/procfs/parseStatus';
import { namespaceInode, ownNamespaceInode } from './namespaceInode';
import { type ProcFiles, ifTold, isProcessGone } from './ProcFiles';

export class PidNamespace {
  private constructor(
    /** Of the namespace's file (nsfs); no other living namespace has it. */
    readonly inode: string,
    /** Place of the container's own number in `NSpid` as the helper's /proc lists it. */
    readonly level: number,
    private readonly uids: readonly IdExtent[] | undefined,
    private readonly gids: readonly IdExtent[] | undefined,
  ) {}

  /**
   * @param pid1 host PID of the container's PID 1
   * @returns undefined where that process has ended
   * @throws TerrariumError where the container has no PID namespace of its own
   */
  static of(pid1: number, files: ProcFiles): PidNamespace | undefined {
    return files.during(pid1, () => PidNamespace.#read(pid1));
  }

  static #read(pid1: number): PidNamespace | undefined {
    try {
      const inode = namespaceInode(pid1, 'pid');
      if (inode === ownNamespaceInode('pid')) {
        throw new TerrariumError(
          'no-pid-namespace',
          'This container shares the PID namespace of the host, so its processes cannot be told from others.',
          'Add {"type": "pid"} to linux.namespaces in config.json and start it again.',
        );
      }
      const status = parseStatus(readFileSync(`/proc/${pid1}/status`));
      // Seen from inside itself a user namespace's map would name the ids of its parent instead.
      // A kernel without user namespaces (CONFIG_USER_NS) has no such file.
      const sameUsers =
        !existsSync('/proc/self/ns/user') ||
        namespaceInode(pid1, 'user') === ownNamespaceInode('user');
      const uids = sameUsers ? undefined : parseIdMap(readFileSync(`/proc/${pid1}/uid_map`));
      const gids = sameUsers ? undefined : parseIdMap(readFileSync(`/proc/${pid1}/gid_map`));
      return new PidNamespace(inode, status.nsPids.length - 1, uids, gids);
    } catch (error) {
      if (isProcessGone(error)) return undefined;
      throw error;
    }
  }

  /** The uid that processes in the container see for one that the helper sees. */
  uidInside(uid: number): number {
    return this.uids ? idInside(this.uids, uid) : uid;
  }

  /** The same for a gid. */
  gidInside(gid: number): number {
    return this.gids ? idInside(this.gids, gid) : gid;
  }

  /** The number of a process or thread in the container, of which this is the status. */
  numberInside({ nsPids, pid }: Pick<ProcessStatus, 'nsPids' | 'pid'>): number {
    return nsPids[this.level] ?? pid;
  }

  /**
   * The container PID of a host process; undefined where it is none of the container's.
   * @param members host PIDs that are known to be the container's. The kernel tells a namespace's
   * parent by an ioctl only (ioctl_nsfs(2)), which Node cannot make; so a process in a PID namespace
   * *below* the container's belongs to it because its parent does. And a child is born into its
   * parent's namespace or below it, never beside it: that spares a look at each one's namespace.
   */
  pidOf(
    hostPid: number,
    identity: Pick<Identity, 'ppid' | 'nsPids'>,
    members: ReadonlySet<number>,
  ): number | undefined {
    const pid = identity.nsPids[this.level];
    if (pid === undefined) return undefined;
    if (members.has(identity.ppid)) return pid;
    const nested = identity.nsPids.length > this.level + 1;
    return !nested && this.#contains(hostPid) ? pid : undefined;
  }

  /**
   * Whether `hostPid` is, at this moment, the process that was meant. Synchronous, so that a caller
   * can act on the answer with nothing of ours in between.
   */
  isStill(files: ProcFiles, hostPid: number, pid: number, startTime: string): boolean {
    return files.during(hostPid, () => this.#isStill(hostPid, pid, startTime));
  }

  #isStill(hostPid: number, pid: number, startTime: string): boolean {
    try {
      const { nsPids } = parseIdentity(readFileSync(`/proc/${hostPid}/status`));
      const stat = parseStat(readFileSync(`/proc/${hostPid}/stat`));
      const nested = nsPids.length > this.level + 1;
      return (
        nsPids[this.level] === pid &&
        stat.startTime === startTime &&
        (nested || this.#contains(hostPid))
      );
    } catch (error) {
      if (isProcessGone(error)) return false;
      throw error;
    }
  }

  #contains(hostPid: number): boolean {
    return ifTold(() => namespaceInode(hostPid, 'pid')) === this.inode;
  }
}

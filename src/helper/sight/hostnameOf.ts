/** The hostname that a process has. No file of /proc tells another process's. Called by `takeSnapshot`. */
import { hostname } from 'node:os';
import { runTool } from '../../core/fs/runTool';
import { findTool } from '../host/hostTools';

/** In milliseconds; it takes three. */
const timeout = 2000;

export interface HostnamePlace {
  readonly pid: number;
  /** Its UTS namespace is the reader's. */
  readonly isHosts: boolean;
  /**
   * A program may enter its user namespace, which a reader without privileges has to do first. What has
   * capabilities there could take over such a program (ptrace(2)), so it must not be able to name its
   * PID, or must have the machine's files anyway.
   */
  readonly mayEnterUsers: boolean;
}

export type Hostname = { readonly name: string } | { readonly unknown: string };

/** @returns the name, or why it is not known */
export async function hostnameOf({
  pid,
  isHosts,
  mayEnterUsers,
}: HostnamePlace): Promise<Hostname> {
  if (isHosts) return { name: hostname() };
  const isRoot = process.geteuid?.() === 0;
  if (!isRoot && !mayEnterUsers) return { unknown: 'not entered' };
  const [nsenter, uname] = [findTool('nsenter'), findTool('uname')];
  if (!nsenter || !uname) return { unknown: 'no nsenter' };
  const users = isRoot ? [] : ['--user', '--preserve-credentials'];
  const words = ['--target', String(pid), ...users, '--uts', '--', uname, '-n'];
  const { failed, stdout } = await runTool(nsenter, words, { timeout });
  return failed ? { unknown: 'EPERM' } : { name: stdout.slice(0, 256) };
}

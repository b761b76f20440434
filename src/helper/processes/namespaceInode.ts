/**
 * The number of a namespace's inode, which identifies it: namespaces(7). It comes from the link /proc/PID/ns/FILE;
 * readlink(2) of it waits for no process, so it needs no thread. Used by all that compare namespaces.
 */
import { readlinkSync } from 'node:fs';

/**
 * @param file in /proc/PID/ns: `mnt`, `pid_for_children`
 * @throws Error of readlink(2)
 */
export function namespaceInode(pid: number | 'self', file: string): string {
  return /\d+/.exec(readlinkSync(`/proc/${pid}/ns/${file}`))![0];
}

const own = new Map<string, string>();

/** Of this process, which stays in its namespaces. @throws Error of readlink(2) */
export function ownNamespaceInode(file: string): string {
  const known = own.get(file) ?? namespaceInode('self', file);
  own.set(file, known);
  return known;
}

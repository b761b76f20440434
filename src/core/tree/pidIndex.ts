/** An index of processes by a PID. Used by `ProcessTree`, which looks up a parent and its children by it. */

/** PID → keys. Nearly always there is one key: a set for each would keep the garbage collector busy. */
export type PidIndex = Map<number, string | Set<string>>;

export function keysOf(index: PidIndex, pid: number): Iterable<string> {
  const found = index.get(pid);
  if (found === undefined) return [];
  return typeof found === 'string' ? [found] : found;
}

export function addKey(index: PidIndex, pid: number, key: string): void {
  const found = index.get(pid);
  if (found === undefined) index.set(pid, key);
  else if (typeof found !== 'string') found.add(key);
  else if (found !== key) index.set(pid, new Set([found, key]));
}

export function removeKey(index: PidIndex, pid: number, key: string): void {
  const found = index.get(pid);
  if (found === key) index.delete(pid);
  else if (found instanceof Set && found.delete(key) && found.size === 0) index.delete(pid);
}

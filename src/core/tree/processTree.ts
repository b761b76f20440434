/**
 * The processes of one container as a tree, kept up to date from the helper's differences. Pure; the
 * Processes view asks it what to show and refreshes only what `apply` names.
 */
import type { ProcessDelta, ProcessInfo } from '../../protocol/processes';

export interface ProcessNode {
  readonly info: ProcessInfo;
  /** Key of the parent; undefined for a root. */
  readonly parent: string | undefined;
  /** Keys, by container PID. */
  readonly children: readonly string[];
}

export interface TreeChange {
  /** Keys that exist and whose own text or whose list of children is another than before. */
  readonly changed: readonly string[];
  /** Keys that were there before and are no more. */
  readonly removed: readonly string[];
  /** The list of roots is another: the whole container is to be refreshed. */
  readonly roots: boolean;
}

export class ProcessTree {
  #processes = new Map<string, ProcessInfo>();
  #nodes = new Map<string, ProcessNode>();
  #roots: readonly string[] = [];

  /** Keys of PID 1 and of what joined from outside (sessions), by container PID. */
  get roots(): readonly string[] {
    return this.#roots;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(key: string): ProcessNode | undefined {
    return this.#nodes.get(key);
  }

  /** Takes in one message. What it says about the same key twice, the later entry wins. */
  apply(delta: ProcessDelta): TreeChange {
    if (delta.full) this.#processes.clear();
    for (const key of delta.removed) this.#processes.delete(key);
    for (const info of delta.upserted) this.#processes.set(info.key, info);
    return this.#rebuild();
  }

  /**
   * From scratch, which is what makes the result independent of the way there; then compared with
   * the old one. Milliseconds for 10,000 processes, and messages come four times a second at most.
   */
  #rebuild(): TreeChange {
    const [before, rootsBefore] = [this.#nodes, this.#roots];
    const inOrder = [...this.#processes.values()].sort(byPid);
    const parents = parentKeys(inOrder);
    const children = new Map<string, string[]>(inOrder.map(({ key }) => [key, []]));
    const roots: string[] = [];
    for (const { key } of inOrder) {
      const parent = parents.get(key);
      (parent === undefined ? roots : children.get(parent)!).push(key);
    }
    this.#roots = roots;
    this.#nodes = new Map(
      inOrder.map((info) => {
        const node = { info, parent: parents.get(info.key), children: children.get(info.key)! };
        return [info.key, node];
      }),
    );
    return {
      changed: inOrder
        .map(({ key }) => key)
        .filter((key) => !sameNode(before.get(key), this.#nodes.get(key)!)),
      removed: [...before.keys()].filter((key) => !this.#nodes.has(key)),
      roots: !sameList(rootsBefore, roots),
    };
  }
}

/**
 * Key of each one's parent. None for those whose parent is outside the namespace (ppid 0), and none
 * where the number now belongs to a process younger than its would-be child: the parent ended between
 * two reads and its PID was taken again; the next message says who adopted the child.
 */
function parentKeys(processes: readonly ProcessInfo[]): Map<string, string> {
  const byNumber = new Map<number, ProcessInfo>();
  // In order of age, so that of two with one number (the older is about to be removed) the younger stays.
  for (const info of [...processes].sort(byAge)) byNumber.set(info.pid, info);
  const parents = new Map<string, string>();
  for (const info of processes) {
    const parent = info.ppid === 0 ? undefined : byNumber.get(info.ppid);
    if (parent && parent.key !== info.key && !isOlder(info, parent)) {
      parents.set(info.key, parent.key);
    }
  }
  breakCycles(processes, parents);
  return parents;
}

/** Only a torn read or a lying peer makes a circle; its first member by PID becomes a root. */
function breakCycles(processes: readonly ProcessInfo[], parents: Map<string, string>): void {
  const settled = new Set<string>();
  for (const { key } of processes) {
    const path = new Set<string>();
    let at: string | undefined = key;
    while (at !== undefined && !settled.has(at) && !path.has(at)) {
      path.add(at);
      at = parents.get(at);
    }
    if (at !== undefined && path.has(at)) {
      const cycle = new Set([...path].slice([...path].indexOf(at)));
      parents.delete(processes.find((info) => cycle.has(info.key))!.key);
    }
    for (const seen of path) settled.add(seen);
  }
}

function byPid(a: ProcessInfo, b: ProcessInfo): number {
  return a.pid - b.pid || byAge(a, b);
}

function byAge(a: ProcessInfo, b: ProcessInfo): number {
  if (isOlder(a, b)) return -1;
  return isOlder(b, a) ? 1 : a.key < b.key ? -1 : Number(a.key > b.key);
}

/** Start times are 64-bit numbers written as digits without leading zeros. */
function isOlder(a: ProcessInfo, b: ProcessInfo): boolean {
  const [left, right] = [a.startTime, b.startTime];
  return left.length === right.length ? left < right : left.length < right.length;
}

function sameNode(a: ProcessNode | undefined, b: ProcessNode): boolean {
  return a !== undefined && sameProcess(a.info, b.info) && sameList(a.children, b.children);
}

/** Whether two descriptions of one process say the same. */
export function sameProcess(a: ProcessInfo, b: ProcessInfo): boolean {
  if (a === b) return true;
  const fields = Object.keys(b) as (keyof ProcessInfo)[];
  return (
    fields.every((field) => a[field] === b[field]) &&
    (a.pss === undefined) === (b.pss === undefined)
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at]);
}

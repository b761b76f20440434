/**
 * The processes of one container as a tree, kept up to date from the helper's differences. Pure; the
 * Processes view asks it what to show and refreshes only what `apply` names.
 *
 * A message costs what it changes, not what there is: at 10,000 processes the editor must not pause.
 * That the result is the same as if everything had been built anew is a property that is tested.
 */
import type { ProcessDelta, ProcessInfo } from '../../protocol/processes';

export interface ProcessNode {
  readonly info: ProcessInfo;
  /** Key of the parent; undefined for a root. */
  readonly parent: string | undefined;
  /** Keys, by container PID. The next message may change this very list. */
  readonly children: readonly string[];
}

export interface TreeChange {
  /** Keys that exist and whose own text or whose list of children is another than before. */
  readonly changed: readonly string[];
  /** Those of them whose list of children is another. */
  readonly relisted: readonly string[];
  /** Those of them that were there before and that a filter or an order by name may see otherwise now. */
  readonly renamed: readonly string[];
  /** Keys that were there before and are no more. */
  readonly removed: readonly string[];
  /** The list of roots is another: the whole container is to be refreshed. */
  readonly roots: boolean;
}

/** A node of which the tree changes the parts. */
interface Node {
  info: ProcessInfo;
  parent: string | undefined;
  children: string[];
}

export class ProcessTree {
  readonly #nodes = new Map<string, Node>();
  /** PID → keys of all that have it. */
  readonly #byPid: Index = new Map();
  /** Parent's PID → keys of all that name it as their parent. */
  readonly #byParent: Index = new Map();
  #roots: string[] = [];
  #version = 0;
  /** Until it is gone, every message looks at everything. */
  #hadCircle = false;

  /** Keys of PID 1 and of what joined from outside (sessions), by container PID. */
  get roots(): readonly string[] {
    return this.#roots;
  }

  /** Another number after every message. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(key: string): ProcessNode | undefined {
    return this.#nodes.get(key);
  }

  /** Every process, in no order. */
  infos(): ProcessInfo[] {
    return [...this.#nodes.values()].map(({ info }) => info);
  }

  /** Takes in one message. What it says about the same key twice, the later entry wins. */
  apply(delta: ProcessDelta): TreeChange {
    const upserted = new Map(delta.upserted.map((info) => [info.key, info]));
    const gone = new Set(delta.full ? this.#nodes.keys() : delta.removed);
    const change = new Change(this.#nodes);
    this.#version++;
    const renamed: string[] = [];
    const removed = [...gone].filter((key) => !upserted.has(key) && this.#nodes.has(key));

    /** PIDs whose owner may be another, and keys whose parent may be. */
    const [pids, moved] = [new Set<number>(), new Set<string>()];
    for (const key of removed) {
      const node = this.#nodes.get(key)!;
      this.#unindex(node.info, pids);
      change.leave(node.parent, key);
      // What hung below it is hung elsewhere further down.
      for (const child of node.children) moved.add(child);
      this.#nodes.delete(key);
    }
    for (const [key, info] of upserted) {
      const node = this.#nodes.get(key);
      if (!node) {
        this.#nodes.set(key, { info, parent: undefined, children: [] });
        this.#index(info, pids);
        change.enter(undefined, key);
        change.text(key);
        moved.add(key);
        continue;
      }
      if (!sameProcess(node.info, info)) change.text(key);
      if (!sameNames(node.info, info)) renamed.push(key);
      const { pid, ppid } = node.info;
      if (pid !== info.pid || ppid !== info.ppid || node.info.startTime !== info.startTime) {
        this.#unindex(node.info, pids);
        change.leave(node.parent, key);
        node.info = info;
        this.#index(info, pids);
        change.enter(node.parent, key);
        moved.add(key);
      } else node.info = info;
    }
    for (const pid of pids) for (const key of keysOf(this.#byParent, pid)) moved.add(key);
    for (const key of moved) this.#hang(key, change);
    if (this.#mayHaveCircle(moved)) this.#openCircles(change);
    const order = (a: string, b: string) => this.#order(a, b);
    const roots = change.listAfter(undefined, [...this.#roots], order);
    const isOther = !sameList(roots, this.#roots);
    this.#roots = roots;
    return { ...change.settle(order), renamed, roots: isOther, removed };
  }

  #index(info: ProcessInfo, pids: Set<number>): void {
    add(this.#byPid, info.pid, info.key);
    add(this.#byParent, info.ppid, info.key);
    pids.add(info.pid);
  }

  #unindex(info: ProcessInfo, pids: Set<number>): void {
    remove(this.#byPid, info.pid, info.key);
    remove(this.#byParent, info.ppid, info.key);
    pids.add(info.pid);
  }

  /** The key of the youngest that has this PID; of two the older is about to be removed. */
  #ownerOf(pid: number): string | undefined {
    let youngest: string | undefined;
    for (const key of keysOf(this.#byPid, pid))
      if (youngest === undefined || this.#order(youngest, key) < 0) youngest = key;
    return youngest;
  }

  /**
   * The key of its parent. None where that is outside the namespace (ppid 0), and none where the number
   * now belongs to a process younger than its would-be child: the parent ended between two reads and its
   * PID was taken again; the next message says who adopted the child.
   */
  #parentOf(info: ProcessInfo): string | undefined {
    const key = info.ppid === 0 ? undefined : this.#ownerOf(info.ppid);
    if (key === undefined || key === info.key) return undefined;
    return isOlder(info, this.#nodes.get(key)!.info) ? undefined : key;
  }

  /** Puts a process below its parent, where it is not there already. */
  #hang(key: string, change: Change, parent?: string | null): void {
    const node = this.#nodes.get(key);
    if (!node) return;
    const wanted = parent === null ? undefined : this.#parentOf(node.info);
    if (wanted === node.parent) return;
    change.leave(node.parent, key);
    change.enter(wanted, key);
    node.parent = wanted;
  }

  #order(a: string, b: string): number {
    return byPid(this.#nodes.get(a)!.info, this.#nodes.get(b)!.info);
  }

  /** A parent is never younger than its child, so all in a circle have one start time. */
  #mayHaveCircle(moved: ReadonlySet<string>): boolean {
    if (this.#hadCircle) return true;
    for (const key of moved) {
      const seen = new Set<string>();
      let node = this.#nodes.get(key);
      while (node && !seen.has(node.info.key)) {
        seen.add(node.info.key);
        const parent = node.parent === undefined ? undefined : this.#nodes.get(node.parent);
        if (parent?.info.startTime !== node.info.startTime) break;
        node = parent;
        if (node?.info.key === key) return true;
      }
    }
    return false;
  }

  /** Only a torn read or a lying peer makes a circle; its first member by PID becomes a root. */
  #openCircles(change: Change): void {
    const keys = [...this.#nodes.keys()].sort((a, b) => this.#order(a, b));
    this.#hadCircle = false;
    for (const key of keys) this.#hang(key, change);
    const settled = new Set<string>();
    for (const first of keys) {
      const path = new Set<string>();
      let at: string | undefined = first;
      while (at !== undefined && !settled.has(at) && !path.has(at)) {
        path.add(at);
        at = this.#nodes.get(at)!.parent;
      }
      if (at !== undefined && path.has(at)) {
        const members = [...path].slice([...path].indexOf(at));
        const opened = members.sort((a, b) => this.#order(a, b))[0]!;
        this.#hang(opened, change, null);
        this.#hadCircle = true;
      }
      for (const seen of path) settled.add(seen);
    }
  }
}

/**
 * What one message has touched. Lists of children are made anew at its end, each once: a message can
 * bring or take thousands of children of one process.
 */
class Change {
  readonly #texts = new Set<string>();
  /** Parent (undefined: the roots) → who has left its list and who has come into it. */
  readonly #lists = new Map<string | undefined, { gone: Set<string>; come: Set<string> }>();

  constructor(private readonly nodes: ReadonlyMap<string, Node>) {}

  text(key: string): void {
    this.#texts.add(key);
  }

  leave(parent: string | undefined, key: string): void {
    const { gone, come } = this.#list(parent);
    if (!come.delete(key)) gone.add(key);
  }

  enter(parent: string | undefined, key: string): void {
    this.#list(parent).come.add(key);
  }

  /** @param before in order; what comes at its end comes into this very list */
  listAfter(
    parent: string | undefined,
    before: string[],
    order: (a: string, b: string) => number,
  ): string[] {
    const touched = this.#lists.get(parent);
    if (!touched) return before;
    const { gone, come } = touched;
    const kept = gone.size === 0 ? before : before.filter((key) => !gone.has(key));
    return merge(kept, [...come].sort(order), order);
  }

  /** Gives every process its list. */
  settle(order: (a: string, b: string) => number): Pick<TreeChange, 'changed' | 'relisted'> {
    const changed = new Set<string>();
    for (const key of this.#texts) if (this.nodes.has(key)) changed.add(key);
    const relisted: string[] = [];
    for (const parent of this.#lists.keys()) {
      const node = parent === undefined ? undefined : this.nodes.get(parent);
      if (!node || parent === undefined) continue;
      const { children } = node;
      const { length } = children;
      node.children = this.listAfter(parent, children, order);
      if (node.children.length === length && sameList(node.children, children)) continue;
      relisted.push(parent);
      changed.add(parent);
    }
    return { changed: [...changed].sort(order), relisted };
  }

  #list(parent: string | undefined): { gone: Set<string>; come: Set<string> } {
    let list = this.#lists.get(parent);
    if (!list) this.#lists.set(parent, (list = { gone: new Set(), come: new Set() }));
    return list;
  }
}

/** Two lists in order as one: the left one made longer, where that is enough. */
function merge(
  left: string[],
  right: readonly string[],
  order: (a: string, b: string) => number,
): string[] {
  if (right.length === 0) return left;
  const last = left.at(-1);
  // What is new mostly has the highest number.
  if (last === undefined || order(last, right[0]!) < 0) {
    for (const key of right) left.push(key);
    return left;
  }
  const merged: string[] = [];
  let at = 0;
  for (const key of left) {
    while (at < right.length && order(right[at]!, key) < 0) merged.push(right[at++]!);
    merged.push(key);
  }
  return [...merged, ...right.slice(at)];
}

/** Number → keys. Nearly always it is one: ten thousand sets of one would keep the collector busy. */
type Index = Map<number, string | Set<string>>;

function keysOf(index: Index, number: number): Iterable<string> {
  const found = index.get(number);
  if (found === undefined) return [];
  return typeof found === 'string' ? [found] : found;
}

function add(index: Index, number: number, key: string): void {
  const found = index.get(number);
  if (found === undefined) index.set(number, key);
  else if (typeof found !== 'string') found.add(key);
  else if (found !== key) index.set(number, new Set([found, key]));
}

function remove(index: Index, number: number, key: string): void {
  const found = index.get(number);
  if (found === key) index.delete(number);
  else if (found instanceof Set && found.delete(key) && found.size === 0) index.delete(number);
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

type Optional<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : never }[keyof T];

/** Fields that a description may lack: the compiler asks for each. */
const optional = Object.keys({
  pss: true,
  pssUnread: true,
  mainThreadEnded: true,
} satisfies Record<Optional<ProcessInfo>, true>) as Optional<ProcessInfo>[];

/** Whether two descriptions of one process say the same. */
export function sameProcess(a: ProcessInfo, b: ProcessInfo): boolean {
  if (a === b) return true;
  const fields = Object.keys(b) as (keyof ProcessInfo)[];
  return (
    fields.every((field) => a[field] === b[field]) && optional.every((one) => a[one] === b[one])
  );
}

/** What is looked for in a process, but for its numbers, which stay. */
function sameNames(a: ProcessInfo, b: ProcessInfo): boolean {
  return (
    a.name === b.name &&
    a.commandLine === b.commandLine &&
    a.uid === b.uid &&
    a.adopted === b.adopted &&
    a.mainThreadEnded === b.mainThreadEnded &&
    lastingState(a) === lastingState(b)
  );
}

/** Between these a process changes all the time, and its row would come and go. */
function lastingState({ state }: ProcessInfo): string {
  return 'RSDI'.includes(state) ? 'R' : state;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at]);
}

/**
 * The processes of one container as a tree, kept up to date from the helper's differences. Pure: no
 * I/O, no vscode. `ProcessStore` applies messages; the Processes view reads the tree and refreshes only
 * what `apply` names.
 *
 * The cost of a message grows with what it changes, not with the size of the tree: 10,000 processes
 * must not block the extension host. `processTree.test.ts` checks at random that the result equals a
 * tree that is built from scratch.
 */
import type { ProcessDelta, ProcessInfo } from '../../protocol/processes';
import { TreeEdit, sameList } from './TreeEdit';
import { byPid, isOlder, sameNames, sameProcess } from './compareProcesses';
import { type PidIndex, addKey, keysOf, removeKey } from './pidIndex';
import type { MutableNode, ProcessNode, TreeChange } from './treeNode';

export class ProcessTree {
  readonly #nodes = new Map<string, MutableNode>();
  /** PID → keys of the processes that have it. */
  readonly #byPid: PidIndex = new Map();
  /** PPID → keys of the processes that report it. */
  readonly #byParent: PidIndex = new Map();
  #roots: string[] = [];
  #version = 0;
  /** The last message left a circle of parents. Until it is resolved, each message checks all nodes. */
  #hadCircle = false;

  /** Keys of PID 1 and of processes that joined from outside (sessions), ordered by container PID. */
  get roots(): readonly string[] {
    return this.#roots;
  }

  /** Changes with every message. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(key: string): ProcessNode | undefined {
    return this.#nodes.get(key);
  }

  /** All processes, unordered. */
  infos(): ProcessInfo[] {
    return [...this.#nodes.values()].map(({ info }) => info);
  }

  /** Applies one message. Where it names a key twice, the later entry counts. */
  apply(delta: ProcessDelta): TreeChange {
    const upserted = new Map(delta.upserted.map((info) => [info.key, info]));
    const gone = new Set(delta.full ? this.#nodes.keys() : delta.removed);
    const edit = new TreeEdit(this.#nodes);
    this.#version++;
    const renamed: string[] = [];
    const removed = [...gone].filter((key) => !upserted.has(key) && this.#nodes.has(key));

    /** PIDs that may belong to another process now, and keys that may have another parent. */
    const [pids, moved] = [new Set<number>(), new Set<string>()];
    for (const key of removed) {
      const node = this.#nodes.get(key)!;
      this.#unindex(node.info, pids);
      edit.removeChild(node.parent, key);
      // Its children get another parent further down.
      for (const child of node.children) moved.add(child);
      this.#nodes.delete(key);
    }
    for (const [key, info] of upserted) {
      const node = this.#nodes.get(key);
      if (!node) {
        this.#nodes.set(key, { info, parent: undefined, children: [] });
        this.#index(info, pids);
        edit.addChild(undefined, key);
        edit.textChanged(key);
        moved.add(key);
        continue;
      }
      if (!sameProcess(node.info, info)) edit.textChanged(key);
      if (!sameNames(node.info, info)) renamed.push(key);
      const { pid, ppid } = node.info;
      if (pid !== info.pid || ppid !== info.ppid || node.info.startTime !== info.startTime) {
        this.#unindex(node.info, pids);
        edit.removeChild(node.parent, key);
        node.info = info;
        this.#index(info, pids);
        edit.addChild(node.parent, key);
        moved.add(key);
      } else node.info = info;
    }
    for (const pid of pids) for (const key of keysOf(this.#byParent, pid)) moved.add(key);
    for (const key of moved) this.#hang(key, edit);
    if (this.#mayHaveCircle(moved)) this.#openCircles(edit);
    const order = (a: string, b: string) => this.#order(a, b);
    const roots = edit.listAfter(undefined, [...this.#roots], order);
    const isOther = !sameList(roots, this.#roots);
    this.#roots = roots;
    return { ...edit.settle(order), renamed, roots: isOther, removed };
  }

  #index(info: ProcessInfo, pids: Set<number>): void {
    addKey(this.#byPid, info.pid, info.key);
    addKey(this.#byParent, info.ppid, info.key);
    pids.add(info.pid);
  }

  #unindex(info: ProcessInfo, pids: Set<number>): void {
    removeKey(this.#byPid, info.pid, info.key);
    removeKey(this.#byParent, info.ppid, info.key);
    pids.add(info.pid);
  }

  /** The youngest process with this PID. Where there are two, the older one is about to be removed. */
  #ownerOf(pid: number): string | undefined {
    let youngest: string | undefined;
    for (const key of keysOf(this.#byPid, pid))
      if (youngest === undefined || this.#order(youngest, key) < 0) youngest = key;
    return youngest;
  }

  /**
   * The key of the parent. undefined where the parent is outside the namespace (PPID 0), and where the
   * process with that PID is younger than the child: the parent ended between two reads and its PID was
   * reused. The next message has the process that adopted the child.
   */
  #parentOf(info: ProcessInfo): string | undefined {
    const key = info.ppid === 0 ? undefined : this.#ownerOf(info.ppid);
    if (key === undefined || key === info.key) return undefined;
    return isOlder(info, this.#nodes.get(key)!.info) ? undefined : key;
  }

  /** Moves a process below its parent. @param parent null: makes it a root */
  #hang(key: string, edit: TreeEdit, parent?: string | null): void {
    const node = this.#nodes.get(key);
    if (!node) return;
    const wanted = parent === null ? undefined : this.#parentOf(node.info);
    if (wanted === node.parent) return;
    edit.removeChild(node.parent, key);
    edit.addChild(wanted, key);
    node.parent = wanted;
  }

  #order(a: string, b: string): number {
    return byPid(this.#nodes.get(a)!.info, this.#nodes.get(b)!.info);
  }

  /** A parent is never younger than its child, so all members of a circle have the same start time. */
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

  /** Only an inconsistent read or a forged message makes a circle. Its member with the lowest PID becomes a root. */
  #openCircles(edit: TreeEdit): void {
    const keys = [...this.#nodes.keys()].sort((a, b) => this.#order(a, b));
    this.#hadCircle = false;
    for (const key of keys) this.#hang(key, edit);
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
        this.#hang(opened, edit, null);
        this.#hadCircle = true;
      }
      for (const seen of path) settled.add(seen);
    }
  }
}

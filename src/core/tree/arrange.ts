/**
 * What of a process tree is shown, and in which order. Pure; the Processes view asks it for the rows
 * below a row.
 *
 * No row may move because of a number: an order by CPU or memory is the one of the moment in which it
 * was asked for. What comes later follows at the end, until it is asked for again.
 */
import type { ProcessInfo } from '../../protocol/processes';
import { translatable } from '../text/translatable';
import { describeState } from './describe';
import type { ProcessTree } from './processTree';

export type SortOrder = 'pid' | 'name' | 'cpu' | 'memory';

export interface Arrangement {
  readonly sort: SortOrder;
  /** One list instead of parents and children. */
  readonly flat: boolean;
  /**
   * Only what has this text in its name, command line, user or numbers, or whose state is called so
   * (`zombie`), and what is above it.
   */
  readonly filter: string;
  /** Keys that come first among their siblings. */
  readonly pinned: ReadonlySet<string>;
}

/** Whether it has another parent than the one that started it. */
export function isOrphan({ adopted, ppid }: ProcessInfo): boolean {
  return adopted && ppid > 0;
}

/** The memory that counts: the proportional set where the kernel tells it. */
export function memoryOf({ pss, rss }: ProcessInfo): number {
  return pss ?? rss;
}

export class Arranger {
  #ranks = new Map<string, number>();
  #ranked = false;
  /** What the filter leaves, and of which version of the tree. */
  #matched: { readonly version: number; readonly shown: ReadonlySet<string> } | undefined;

  /**
   * @param userName what a uid is called
   * @param translate what the view makes of a state's English words: a filter finds it by either
   */
  constructor(
    readonly arrangement: Arrangement,
    private readonly userName: (uid: number) => string,
    private readonly translate = (text: string) => text,
  ) {}

  /** Keys below a process, or the topmost ones. */
  children(tree: ProcessTree, parent?: string): string[] {
    this.#rank(tree);
    const { flat, sort, pinned } = this.arrangement;
    if (flat && parent !== undefined) return [];
    const keys = flat
      ? tree.infos().map(({ key }) => key)
      : ((parent === undefined ? tree.roots : tree.get(parent)?.children) ?? []);
    const shown = this.#matching(tree, flat);
    const left = shown ? keys.filter((key) => shown.has(key)) : [...keys];
    // The tree has its lists by PID already.
    if (sort === 'pid' && !flat && pinned.size === 0) return left;
    return left.sort((a, b) => this.#compare(tree, a, b));
  }

  /** The keys that a filter leaves; undefined where there is no filter. */
  #matching(tree: ProcessTree, flat: boolean): ReadonlySet<string> | undefined {
    const text = this.arrangement.filter.toLowerCase();
    if (text === '') return undefined;
    // Asked once for each row that is open.
    if (this.#matched?.version === tree.version) return this.#matched.shown;
    const shown = new Set<string>();
    const isState = this.#stateNamed(text);
    for (const info of tree.infos()) {
      if (!statesOf(info).some(isState) && !this.#matches(info, text)) continue;
      let key: string | undefined = info.key;
      while (key !== undefined && !shown.has(key)) {
        shown.add(key);
        key = flat ? undefined : tree.get(key)?.parent;
      }
    }
    this.#matched = { version: tree.version, shown };
    return shown;
  }

  /** As a whole: who looks for `sleep` does not mean all that are sleeping. Each state is translated once. */
  #stateNamed(text: string): (state: string) => boolean {
    const known = new Map<string, boolean>();
    return (state) => {
      let isNamed = known.get(state);
      if (isNamed === undefined) {
        isNamed = [state, this.translate(state)].some((word) => word.toLowerCase() === text);
        known.set(state, isNamed);
      }
      return isNamed;
    };
  }

  #matches(info: ProcessInfo, text: string): boolean {
    const { name, commandLine, pid, hostPid, uid } = info;
    return [name, commandLine, String(pid), String(hostPid), this.userName(uid)].some((part) =>
      part.toLowerCase().includes(text),
    );
  }

  /** The order by numbers is made once: see above. */
  #rank(tree: ProcessTree): void {
    const { sort } = this.arrangement;
    if (this.#ranked || tree.size === 0 || (sort !== 'cpu' && sort !== 'memory')) return;
    this.#ranked = true;
    const value = sort === 'cpu' ? ({ cpu }: ProcessInfo) => cpu : memoryOf;
    const inOrder = tree.infos().sort((a, b) => value(b) - value(a) || a.pid - b.pid);
    this.#ranks = new Map(inOrder.map(({ key }, rank) => [key, rank]));
  }

  #compare(tree: ProcessTree, left: string, right: string): number {
    const { pinned, sort } = this.arrangement;
    const byPin = Number(pinned.has(right)) - Number(pinned.has(left));
    const [a, b] = [tree.get(left)?.info, tree.get(right)?.info];
    if (byPin !== 0 || !a || !b) return byPin;
    const last = this.#ranks.size;
    const byRank = (this.#ranks.get(left) ?? last) - (this.#ranks.get(right) ?? last);
    const byName = sort === 'name' ? a.name.localeCompare(b.name, 'en') : 0;
    return byRank || byName || a.pid - b.pid || (a.key < b.key ? -1 : 1);
  }
}

/** Words by which a filter finds it. */
function statesOf(info: ProcessInfo): string[] {
  return [
    describeState(info.state),
    ...(isOrphan(info) ? [translatable('orphan')] : []),
    ...(info.mainThreadEnded ? [translatable('main thread has ended')] : []),
    ...(info.emulated === undefined ? [] : [translatable('emulated')]),
  ];
}

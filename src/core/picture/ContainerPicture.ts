/** The processes of one container as boxes, pills and groups, bounded in number. Made by `PicturePanel` for each. */
import type { OtherPlace, Places } from '../../protocol/places';
import type { ProcessInfo } from '../../protocol/processes';
import type { ProcessTree } from '../tree/processTree';
import type { TreeChange } from '../tree/treeNode';
import { Families } from './Families';
import type { PictureBox, PictureItem, PicturePlace, PictureProcess, ProcessMark } from './Picture';
import { placeOfOther, rootOf } from './places';

/** So many that are alike stand for themselves; of more, all but the first two are a group. */
const [mostAlike, shownAlike] = [4, 2];

/** Processes on the way from the first to one that is shown. */
const maxDepth = 12;

/** The same on the way to the one that is selected; where it is deeper it stays in a group. */
const maxPath = 32;

interface Making {
  readonly items: PictureItem[];
  readonly family: string | undefined;
  /** Key of the place of the process around, of which nothing is said again. */
  readonly around: string;
  readonly depth: number;
}

export class ContainerPicture {
  readonly #families: Families;
  #places: Places | undefined;
  /** Of the tree, which `#families` know. */
  #version: number | undefined;
  #last: readonly PictureItem[] | undefined;
  /** Key → where it is, for those that are elsewhere than PID 1. */
  #others: ReadonlyMap<string, OtherPlace> = new Map();

  /** @param rootfs what people call the root file system of the container */
  constructor(
    private readonly tree: ProcessTree,
    private readonly rootfs: string,
  ) {
    this.#families = new Families(tree, (key) => this.#whatOf(key));
  }

  /** @returns whether the picture may be another */
  processesChanged(change: TreeChange): boolean {
    this.#version = this.tree.version;
    return this.#families.apply(change);
  }

  placesChanged(places: Places, others: ReadonlyMap<string, OtherPlace>): void {
    const before = this.#others;
    this.#places = places;
    this.#others = new Map(others);
    this.#families.moved([...before.keys(), ...others.keys()]);
  }

  /**
   * What to show.
   * @param most how many processes stand for themselves; each family may have a group beside
   * @param wanted key of a process that is shown, with those above it, unless it is very deep
   */
  items(most: number, wanted?: string): readonly PictureItem[] {
    // A reading comes in parts, and only the last one tells what has changed.
    if (this.#version !== this.tree.version && this.#last) return this.#last;
    this.#version = this.tree.version;
    return (this.#last = this.#make(most, wanted));
  }

  #make(most: number, wanted: string | undefined): PictureItem[] {
    const path = this.#pathTo(wanted);
    let left = most;
    const all: PictureItem[] = [];
    const queue: Making[] = [{ items: all, family: undefined, around: '', depth: 0 }];
    for (const making of queue) {
      const boxes = new Map<string, PictureItem[]>();
      const placeFor = (around: string) =>
        around === making.around ? making.items : boxes.get(around);
      for (const { keys } of this.#families.of(making.family)) {
        const around = this.#placeKey(keys[0]!);
        let items = placeFor(around);
        if (!items) {
          items = [];
          boxes.set(around, items);
          making.items.push(this.#box(keys[0]!, making, items));
        }
        const room = making.depth < maxDepth ? left : 0;
        const count = Math.min(keys.length <= mostAlike ? keys.length : shownAlike, room);
        const shown = keys.slice(0, count);
        left -= shown.length;
        shown.push(...keys.slice(count).filter((key) => path.has(key)));
        for (const key of shown) {
          const below: PictureItem[] = [];
          items.push(this.#process(key, below));
          queue.push({ items: below, family: key, around, depth: making.depth + 1 });
        }
        if (shown.length < keys.length)
          this.#addGroup(
            items,
            keys.filter((key) => !shown.includes(key)),
            shown.length > 0,
          );
      }
    }
    return all;
  }

  /** Where there is room for none, one group stands for all that follow. */
  #addGroup(items: PictureItem[], keys: readonly string[], isAlike: boolean): void {
    const last = items.at(-1);
    const hasMore = keys.some((key) => (this.tree.get(key)?.children.length ?? 0) > 0);
    if (last?.kind === 'group' && !last.isAlike && !isAlike) {
      const count = last.count + keys.length;
      items[items.length - 1] = { ...last, count, hasMore: last.hasMore || hasMore };
      return;
    }
    const first = keys[0]!;
    const key = `group:${this.tree.get(first)?.parent ?? ''}:${isAlike ? this.#whatOf(first) : ''}:${this.#placeKey(first)}`;
    items.push({ kind: 'group', key, count: keys.length, isAlike, hasMore, first });
  }

  #process(key: string, items: PictureItem[]): PictureProcess {
    const { info } = this.tree.get(key)!;
    const mark = markOf(info);
    const { pid, hostPid, name } = info;
    return { kind: 'process', key, name, pid, hostPid, ...(mark && { mark }), items };
  }

  #box(key: string, { family, around }: Making, items: PictureItem[]): PictureBox {
    const place = this.#placeOf(key, around === '' ? undefined : family);
    return { kind: 'box', key: `box:${family ?? ''}:${this.#placeKey(key)}`, place, items };
  }

  /** What is said of the place of a process inside a process that is elsewhere; of a root, inside its container. */
  #placeOf(key: string, around: string | undefined): PicturePlace {
    const others = this.#others.get(key);
    const places = this.#places;
    if (!places) return { own: [], machine: [] };
    return placeOfOther(
      places,
      others,
      around === undefined ? undefined : this.#others.get(around),
      {
        rootfs: this.rootfs,
        isTop: around === undefined,
      },
    );
  }

  /** Two processes with the same are in the same box; empty for no box at all. */
  #placeKey(key: string): string {
    const first = this.#places?.first;
    if (!first) return '';
    const other = this.#others.get(key);
    const root = other?.root ?? first.root;
    const namespaces = other?.namespaces.map(({ type, inode }) => `${type}${inode}`).join() ?? '';
    if (namespaces === '' && (!root || rootOf(root, this.rootfs).kind === 'machine')) return '';
    return `${namespaces}/${root?.folder ?? ''}`;
  }

  #whatOf(key: string): string {
    const info = this.tree.get(key)?.info;
    return info ? `${this.#placeKey(key)} ${markOf(info) ?? ''} ${info.name}` : '';
  }

  #pathTo(key: string | undefined): ReadonlySet<string> {
    const path = new Set<string>();
    for (let at = key; at !== undefined && !path.has(at); at = this.tree.get(at)?.parent)
      if (this.tree.get(at)) path.add(at);
    return new Set([...path].slice(-maxPath));
  }
}

function markOf({ pid, ppid, state }: ProcessInfo): ProcessMark | undefined {
  if (state === 'Z') return 'zombie';
  if (state === 'T') return 'stopped';
  return ppid === 0 && pid !== 1 ? 'session' : undefined;
}

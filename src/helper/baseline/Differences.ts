/**
 * Collects what is different since a baseline, at most as much as is told, and finds out what was renamed: the same inode
 * with the same size and time, or the same content. Used by compareBaseline.ts.
 */
import {
  type ChangeKind,
  type FileLetter,
  type LayerChange,
  maxChanges,
} from '../../protocol/layer';
import { type Entry, isAtOrBelow, shownPath } from './entry';

/** Of the paths and links that are told, in bytes: a message has them. */
const mostBytes = 4 * 1024 ** 2;

export class Differences {
  readonly #others: LayerChange[] = [];
  readonly #added = new Map<string, Entry>();
  readonly #deleted = new Map<string, Entry>();
  /** Files of folders that are gone: told of only where they were renamed. */
  readonly #deletedBelow = new Map<string, Entry>();
  /** Path now → path in the baseline. */
  readonly #renamed = new Map<string, string>();
  readonly #renamedFrom = new Set<string>();
  /** Folder of the baseline that is none any more. */
  #goneFolder: string | undefined;
  #count = 0;
  #bytes = 0;

  /** There are more than are told. */
  isCut = false;

  added(now: Entry): void {
    if (this.#hasRoom(now)) this.#added.set(now.path, now);
  }

  /** Called in the order of the baseline. */
  deleted(old: Entry): void {
    if (this.#goneFolder !== undefined && isAtOrBelow(old.path, this.#goneFolder)) {
      if (old.type === 'f' && this.#deletedBelow.size < maxChanges)
        this.#deletedBelow.set(old.path, old);
      return;
    }
    if (old.type === 'd') this.#goneFolder = old.path;
    if (this.#hasRoom(old)) this.#deleted.set(old.path, old);
  }

  /** @param kind `metadata` where the content is the same: then it may be no difference */
  different(kind: 'type' | 'modified' | 'metadata', old: Entry, now: Entry): void {
    if (kind === 'type' && old.type === 'd') this.#goneFolder = old.path;
    const metadata = kind === 'type' ? none : metadataOf(old, now);
    if (kind === 'metadata' && !Object.values(metadata).includes(true)) return;
    if (this.#hasRoom(now)) this.#others.push(changeOf(kind, now, old.type, metadata));
  }

  /** Paths of files that may have been another one of the baseline: their content is to be compared. */
  get maybeRenamed(): string[] {
    this.#matchIdentities();
    const gone = this.#goneFiles().filter(({ sha256 }) => sha256 !== undefined);
    const sizes = new Set(gone.map(({ size }) => size));
    return [...this.#added.values()]
      .filter(
        ({ path, type, size }) =>
          type === 'f' && size > 0 && !this.#renamed.has(path) && sizes.has(size),
      )
      .map(({ path }) => path);
  }

  hasContent(path: string, sha256: string): void {
    const from = this.#goneFiles().find((old) => old.sha256 === sha256);
    if (from) this.#rename(path, from.path);
  }

  /** In no order. */
  get changes(): LayerChange[] {
    this.#matchIdentities();
    const added = [...this.#added.values()].map((now) => {
      const from = this.#renamed.get(now.path);
      const old =
        from === undefined ? undefined : (this.#deleted.get(from) ?? this.#deletedBelow.get(from));
      if (!old) return changeOf('added', now, '-', none);
      return { ...changeOf('renamed', now, 'f', metadataOf(old, now)), from: shownPath(old.path) };
    });
    const deleted = [...this.#deleted.values()]
      .filter(({ path }) => !this.#renamedFrom.has(path))
      .map((old) =>
        changeOf('deleted', { ...old, type: '-', size: 0, link: undefined }, old.type, none),
      );
    return [...this.#others, ...added, ...deleted];
  }

  #goneFiles(): Entry[] {
    return [...this.#deleted.values(), ...this.#deletedBelow.values()].filter(
      ({ path, type }) => type === 'f' && !this.#renamedFrom.has(path),
    );
  }

  #matchIdentities(): void {
    const gone = new Map(this.#goneFiles().map((old) => [identityOf(old), old.path]));
    for (const now of this.#added.values()) {
      const from =
        now.type === 'f' && !this.#renamed.has(now.path) ? gone.get(identityOf(now)) : undefined;
      if (from === undefined) continue;
      gone.delete(identityOf(now));
      this.#rename(now.path, from);
    }
  }

  #rename(path: string, from: string): void {
    this.#renamed.set(path, from);
    this.#renamedFrom.add(from);
  }

  #hasRoom({ path, link = '' }: Entry): boolean {
    this.#count++;
    this.#bytes += path.length + link.length;
    this.isCut ||= this.#count > maxChanges || this.#bytes > mostBytes;
    return !this.isCut;
  }
}

const none = { mode: false, owner: false, attributes: false };

function identityOf({ inode, size, mtime }: Entry): string {
  return `${inode} ${size} ${mtime}`;
}

/** What is not known is no difference. */
function metadataOf(old: Entry, now: Entry): typeof none {
  const isOther = <T>(one: T | undefined, other: T | undefined) =>
    one !== undefined && other !== undefined && one !== other;
  return {
    mode: old.type !== 'l' && old.mode !== now.mode,
    owner: isOther(old.uid, now.uid) || isOther(old.gid, now.gid),
    attributes: isOther(old.attributes, now.attributes),
  };
}

function changeOf(
  kind: ChangeKind,
  { path, type, size, link }: Entry,
  was: FileLetter,
  metadata: typeof none,
): LayerChange {
  return {
    ...{ kind, path: shownPath(path), type, was, size, ...metadata },
    ...(link !== undefined && { target: shownPath(link) }),
  };
}

/**
 * What is different in a rootfs since its baseline: the baseline and a walk over the rootfs stand in the same order, and
 * are read side by side, so that memory does not grow with either. A file is read only where its size is the same, and
 * its times or its inode are not.
 */
import type { OpenFile } from '../../core/fs/files';
import { openDirectoryNoFollow } from '../../core/fs/openDirectoryNoFollow';
import { byPath } from '../../core/overlay/changeLine';
import { type BaselineChanges, maxBaselinePlaces } from '../../protocol/baseline';
import type { LayerBundle } from '../layer/layerTool';
import { Baseline } from './baselineFile';
import { Differences } from './Differences';
import { type Entry, isAtOrBelow, orderOf } from './entry';
import { Places } from './Places';
import { askedAtOnce } from '../host/readAttributes';
import { withAttributes } from './attributes';
import { entryOf } from './entryOf';
import { type OwnerIds, ownerIds } from './ownerIds';
import { SortedWalk, type Walked } from './SortedWalk';

/**
 * @param paths as `Entry` has them, which alone are compared, with all below them; undefined for everything
 * @throws TerrariumError those of `Baseline.use` and of SortedWalk
 */
export async function compareBaseline(
  bundle: LayerBundle,
  paths?: readonly string[],
): Promise<BaselineChanges> {
  const ids = await ownerIds();
  const places = paths && new Places(paths);
  return Baseline.use(bundle, async (baseline) => {
    const found = new Differences();
    const rootfs = await openDirectoryNoFollow(bundle.rootfs);
    const isWanted = (path: string) => !places || places.has(path);
    const unread = await compare(
      oldEntries(baseline, places),
      new SortedWalk(bundle.rootfs, paths).entries(),
      { ids, found, touched: new Touched(rootfs, ids, found), isWanted },
    ).finally(() => rootfs.close());
    // With some places alone nobody knows where a file has come from.
    if (!places) await nameByContent(bundle, found);
    const changes = found.changes.sort(byPath);
    return { taken: baseline.taken, changes, more: found.isCut, unread };
  });
}

interface Comparison {
  readonly ids: OwnerIds;
  readonly found: Differences;
  readonly touched: Touched;
  readonly isWanted: (path: string) => boolean;
}

/** @returns how many could not be read */
async function compare(
  olds: Iterator<Entry>,
  news: AsyncGenerator<Walked>,
  { ids, found, touched, isWanted }: Comparison,
): Promise<number> {
  let unread = 0;
  /** Of what cannot be looked into on one side nothing is known. */
  let closed: string | undefined;
  const isKnown = (path: string) =>
    closed === undefined || path === closed || !isAtOrBelow(path, closed);
  const nextOld = () => {
    let next = olds.next();
    while (!next.done && !isKnown(next.value.path)) next = olds.next();
    return next.done ? undefined : next.value;
  };
  const nextNew = async () => {
    let next = await news.next();
    while (!next.done && !isKnown(next.value.path)) next = await news.next();
    return next.done ? undefined : next.value;
  };
  try {
    let old = nextOld();
    let walked = await nextNew();
    while ((old || walked) && !found.isCut) {
      const order = !old ? 1 : !walked ? -1 : compareOrder(old, walked);
      if (order < 0) {
        if (isWanted(old!.path)) found.deleted(old!);
        if (old!.isClosed) closed = old!.path;
      } else if (order > 0) {
        if (isWanted(walked!.path)) found.added(entryOf(walked!, ids, 0n));
        if (walked!.isClosed) closed = walked!.path;
      } else {
        const isClosed = old!.isClosed || walked!.isClosed;
        if (isClosed) closed = old!.path;
        if (isClosed) unread++;
        else if (isWanted(old!.path)) unread += both(old!, walked!, { ids, found, touched });
      }
      const [isOld, isNew] = [order <= 0, order >= 0];
      if (isOld) old = nextOld();
      if (isNew) walked = await nextNew();
    }
    touched.tell();
  } finally {
    await news.return(undefined);
  }
  return unread;
}

function compareOrder(old: Entry, walked: Walked): number {
  const [one, other] = [orderOf(old.path), orderOf(walked.path)];
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Files whose status has changed since the baseline, so that their attributes may be others too. */
class Touched {
  #waiting: { readonly kind: 'modified' | 'metadata'; readonly old: Entry; readonly now: Entry }[] =
    [];

  constructor(
    private readonly rootfs: OpenFile,
    private readonly ids: OwnerIds,
    private readonly found: Differences,
  ) {}

  add(kind: 'modified' | 'metadata', old: Entry, now: Entry): void {
    this.#waiting.push({ kind, old, now });
    if (this.#waiting.length >= askedAtOnce) this.tell();
  }

  tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const entries = waiting.map(({ now }) => now);
    withAttributes(this.rootfs, entries, this.ids).forEach((now, at) =>
      this.found.different(waiting[at]!.kind, waiting[at]!.old, now),
    );
  }
}

/** @returns how many could not be read: one, or none */
function both(
  old: Entry,
  walked: Walked,
  { ids, found, touched }: Pick<Comparison, 'ids' | 'found' | 'touched'>,
): number {
  const now = entryOf(walked, ids, BigInt(Number.MAX_SAFE_INTEGER) * 1_000_000n);
  if (old.type !== now.type) {
    found.different('type', old, now);
    return 0;
  }
  const content = contentOf(old, now, walked);
  const kind = content === 'other' || content === 'newer' ? 'modified' : 'metadata';
  if (isUntouched(old, now)) found.different(kind, old, now);
  else touched.add(kind, old, now);
  return content === 'newer' || content === 'older' ? 1 : 0;
}

/** st_ctime is set by the kernel alone, with each change of a file, its owner, mode or attributes (inode(7)). */
function isUntouched(old: Entry, now: Entry): boolean {
  return old.ctime === now.ctime && old.mtime === now.mtime && old.inode === now.inode;
}

/** `newer` and `older`: it could not be read, and the time says so. */
function contentOf(old: Entry, now: Entry, walked: Walked): 'same' | 'other' | 'newer' | 'older' {
  if (old.type === 'l') return old.link === now.link ? 'same' : 'other';
  if (old.type !== 'f') return old.device === now.device ? 'same' : 'other';
  if (old.size !== now.size) return 'other';
  if (isUntouched(old, now) || now.size === 0) return 'same';
  const content = old.sha256 === undefined ? undefined : walked.read();
  if (content) return content.sha256 === old.sha256 ? 'same' : 'other';
  return old.mtime === now.mtime ? 'older' : 'newer';
}

/** Those that have come and have the size of one that is gone are read. */
async function nameByContent(bundle: LayerBundle, found: Differences): Promise<void> {
  const places = found.maybeRenamed.slice(0, maxBaselinePlaces);
  if (places.length === 0) return;
  for await (const walked of new SortedWalk(bundle.rootfs, places).entries())
    if (walked.type === 'f' && places.includes(walked.path)) {
      const content = walked.read();
      if (content) found.hasContent(walked.path, content.sha256);
    }
}

function* oldEntries(baseline: Baseline, places?: Places): Generator<Entry> {
  for (const entry of baseline.entries())
    if (!places || places.has(entry.path) || places.isOnTheWay(entry.path)) yield entry;
}

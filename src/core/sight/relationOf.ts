/** Compares what a process sees with the line above it, with PID 1 and with this machine. Pure. Called by the texts of the table. */
import type { ProcessSnapshot, SnapshotNamespace } from '../../protocol/snapshot';
import type { Relation, RelationKind, SightColumn } from './sightLine';

export interface Neighbours {
  /** The line above; undefined for the first one. */
  readonly above: ProcessSnapshot | undefined;
  /** PID 1 of the container, where it is known. */
  readonly init: ProcessSnapshot | undefined;
}

/** A value that was not told is never the same as another. */
export function relationOf(
  column: SightColumn,
  here: ProcessSnapshot,
  { above, init }: Neighbours,
): Relation {
  const missing = untoldReason(column, here);
  if (missing !== undefined) return { kind: 'untold', reason: missing };
  return { kind: kindOf(column, here, above, init) };
}

/** @returns the errno or reason; undefined where the value is known */
function untoldReason(column: SightColumn, here: ProcessSnapshot): string | undefined {
  const reasonOf = (field: string) =>
    here.untold.find((one) => one.field === field)?.reason ?? 'ENOENT';
  switch (column) {
    case 'namespaces':
      return here.untold.find(({ field }) => field === 'namespaces')?.reason;
    case 'root':
      return here.root?.isHosts === undefined ? reasonOf('root') : undefined;
    case 'userInside':
      return inode(here, 'user') === undefined ? reasonOf('namespaces') : undefined;
    case 'capabilities':
      // The names are told, but not in which user namespace they count.
      return inode(here, 'user') === undefined ? reasonOf('namespaces') : undefined;
    case 'hostname':
      return here.hostname === undefined ? reasonOf('hostname') : undefined;
    default:
      return undefined;
  }
}

function kindOf(
  column: SightColumn,
  here: ProcessSnapshot,
  above: ProcessSnapshot | undefined,
  init: ProcessSnapshot | undefined,
): RelationKind {
  const isLike = (other: ProcessSnapshot | undefined) =>
    other !== undefined && untoldReason(column, other) === undefined && isSame(column, here, other);
  /** For what a process has by a namespace or by its root. */
  const owned = (isMachines: boolean): RelationKind =>
    isLike(above)
      ? 'same'
      : isMachines
        ? 'machine'
        : isOther(here, init) && isLike(init)
          ? 'container'
          : 'own';
  const isHosts = (type: SnapshotNamespace) => namespaceOf(here, type)?.isHosts === true;
  const isKnown = above !== undefined && untoldReason(column, above) === undefined;
  switch (column) {
    case 'process':
      return 'plain';
    case 'parent':
      return above?.pid === here.parent.pid ? 'above' : isLike(above) ? 'same' : 'plain';
    case 'pidInside':
      if (here.pids.length > 1 && here.pids.at(-1) === 1) return 'first';
      if (above && inode(here, 'pid') !== undefined && inode(here, 'pid') === inode(above, 'pid'))
        return 'counted';
      return here.pids.length === 1
        ? 'machine'
        : inode(here, 'pid') === undefined
          ? 'plain'
          : 'container';
    case 'pidOutside':
      return 'plain';
    case 'namespaces':
      return owned(here.namespaces.every((one) => one.isHosts));
    case 'root':
      return owned(here.root?.isHosts === true);
    case 'hostname':
      return owned(isHosts('uts'));
    case 'userInside': {
      const isSameNamespace = isKnown && inode(here, 'user') === inode(above, 'user');
      return isSameNamespace && !isLike(above) ? 'changed' : owned(isHosts('user'));
    }
    case 'userOutside':
      return isLike(above) ? 'same' : above ? 'changed' : 'machine';
    case 'capabilities': {
      if (isLike(above)) return 'same';
      if (!isKnown || inode(here, 'user') !== inode(above, 'user'))
        return isHosts('user')
          ? 'machine'
          : isOther(here, init) && isLike(init)
            ? 'container'
            : 'own';
      return moreOrFewer(here.capabilities.effective, above.capabilities.effective);
    }
  }
}

/** Of values that are both known. */
function isSame(column: SightColumn, one: ProcessSnapshot, other: ProcessSnapshot): boolean {
  const sameNamespace = (type: SnapshotNamespace) => {
    const [a, b] = [inode(one, type), inode(other, type)];
    return a !== undefined && a === b;
  };
  switch (column) {
    case 'process':
      return false;
    case 'parent':
      return one.parent.pid === other.parent.pid;
    case 'pidInside':
      return one.pids.at(-1) === other.pids.at(-1);
    case 'pidOutside':
      return one.pids[0] === other.pids[0];
    case 'namespaces':
      return (
        one.namespaces.length === other.namespaces.length &&
        one.namespaces.every(({ type }) => sameNamespace(type))
      );
    case 'root':
      // Two roots that are both called / lie in one place where their mounts are the same ones.
      return one.root?.isHosts === true || other.root?.isHosts === true
        ? one.root?.isHosts === other.root?.isHosts
        : one.root?.path === other.root?.path && sameNamespace('mnt');
    case 'userInside':
      return sameNamespace('user') && one.uid.inside === other.uid.inside;
    case 'userOutside':
      return one.uid.outside === other.uid.outside;
    case 'hostname':
      return sameNamespace('uts') && one.hostname === other.hostname;
    case 'capabilities':
      return (
        sameNamespace('user') &&
        moreOrFewer(one.capabilities.effective, other.capabilities.effective) === 'same'
      );
  }
}

function moreOrFewer(here: readonly string[], there: readonly string[]): RelationKind {
  const gained = here.some((name) => !there.includes(name));
  const lost = there.some((name) => !here.includes(name));
  if (gained && lost) return 'changed';
  return gained ? 'more' : lost ? 'fewer' : 'same';
}

function isOther(here: ProcessSnapshot, init: ProcessSnapshot | undefined): boolean {
  return init !== undefined && init.pid !== here.pid;
}

function namespaceOf(of: ProcessSnapshot, type: SnapshotNamespace) {
  return of.namespaces.find((one) => one.type === type);
}

function inode(of: ProcessSnapshot, type: SnapshotNamespace): string | undefined {
  return namespaceOf(of, type)?.inode;
}

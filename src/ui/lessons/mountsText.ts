/** The words for a mount table that changed. Called by `evidenceText`. */
import type { Difference, MountDifferences } from '../../core/lesson/evidence';
import type { SnapshotMount } from '../../protocol/snapshot';
import type { Translate } from '../model/translate';
import type { EvidenceRow } from './EvidenceRow';

/** How many mounts a row names. */
const maxNamed = 4;

export function mountsRow(
  {
    added,
    removed,
    leavesOthers,
    moved,
    changed,
    unshared,
    total,
  }: Extract<Difference, { kind: 'mounts' }>,
  t: Translate,
): EvidenceRow {
  // Not one mount is the same: the table is seen from another root.
  const isElsewhere = isOfAnotherRoot(added, removed, moved, total.before);
  // Not of a table that began elsewhere: the machine's own are shared, and no command made them so.
  const shared = isElsewhere ? [] : newlyShared(added, changed);
  const sentences = [
    isElsewhere
      ? t(
          'Its table has what is mounted below its root: {0}.',
          named([...added, ...moved.map((one) => one.after)]),
        )
      : '',
    added.length > 0 && !isElsewhere ? t('New: {0}.', named(added)) : '',
    moved.length > 0 && !isElsewhere
      ? t(
          'The same mounts at other paths, which begin at another root now: {0}.',
          named(moved.map((one) => one.after)),
        )
      : '',
    removed.length > 0 && !isElsewhere ? goneText(removed, leavesOthers, t) : '',
    changed.length > 0 ? t('With other options: {0}.', named(changed.map((one) => one.after))) : '',
    shared.length > 0
      ? t(
          'Shared: what is mounted below appears in other mount namespaces too, and the other way round: {0}.',
          named(shared),
        )
      : '',
    unshared > 0
      ? t('{0} are private now: what is mounted below them here is mounted nowhere else.', unshared)
      : '',
  ];
  return {
    what: t('mounts'),
    before: String(total.before),
    after: String(total.after),
    tone: added.length + moved.length + changed.length + unshared > 0 ? 'new' : 'gone',
    word: t('changed'),
    meaning: sentences.filter(Boolean).join(' '),
  };
}

/** What is mounted at / lies below another mount when it is unmounted: after pivot_root(2) it is the old root. */
function goneText(
  removed: MountDifferences['removed'],
  leavesOthers: boolean,
  t: Translate,
): string {
  if (leavesOthers && removed.some(({ place }) => place === '/'))
    return t(
      'No longer there: the old root, and all that was mounted below it ({0}).',
      removed.length,
    );
  return leavesOthers
    ? t('No longer there: {0}. At the same paths are other mounts, which stay.', named(removed))
    : t('No longer there: {0}.', named(removed));
}

/** Not one mount is where it was, and some come into sight or go out of it: chroot(2), and the way back. */
function isOfAnotherRoot(
  added: MountDifferences['added'],
  removed: MountDifferences['removed'],
  moved: MountDifferences['moved'],
  before: number,
): boolean {
  return removed.length + moved.length === before && added.length + removed.length > 0;
}

/** `proc on /proc`, as mount(8) says it. */
function named(mounts: readonly SnapshotMount[]): string {
  const names = mounts.slice(0, maxNamed).map(({ type, place }) => `${type} on ${place}`);
  return `${names.join(', ')}${mounts.length > maxNamed ? ` … (${mounts.length})` : ''}`;
}

function newlyShared(
  added: readonly SnapshotMount[],
  changed: Extract<Difference, { kind: 'mounts' }>['changed'],
): SnapshotMount[] {
  const made = changed.filter(({ before, after }) => after.isShared && !before.isShared);
  return [...added.filter(({ isShared }) => isShared), ...made.map(({ after }) => after)];
}

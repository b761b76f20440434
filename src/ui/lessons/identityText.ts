/** The words for where a process lives and who it is. Called by `evidenceText`. */
import type { Difference, Evidence, User } from '../../core/lesson/evidence';
import type { ProcessSnapshot } from '../../protocol/snapshot';
import type { Translate } from '../model/translate';
import type { EvidenceRow } from './EvidenceRow';

type Identity = Exclude<
  Difference,
  { kind: 'process' | 'pids' | 'parent' | 'namespaces' | 'bornElsewhere' | 'mounts' }
>;

/** How many capabilities a row names. */
const maxNamed = 6;

export function identityRow(one: Identity, evidence: Evidence, t: Translate): EvidenceRow {
  const row = (
    what: string,
    before: string | number,
    after: string | number,
    meaning: string,
  ): EvidenceRow => ({
    ...{ what, before: String(before), after: String(after), meaning },
    ...{ tone: 'new', word: t('changed') },
  });
  switch (one.kind) {
    case 'root': {
      const shown = ({ path, isHosts }: typeof one.after) =>
        isHosts ? t('/ of the machine') : path === '/' ? t('/ of its own') : path;
      const meaning = one.after.isHosts
        ? t('An absolute path begins at the root of the machine.')
        : one.after.path === '/'
          ? t('It is the root of its whole mount namespace: above it there is nothing.')
          : t(
              'Absolute paths begin in this folder, and name nothing outside of it. The rest is still mounted, and root finds a way there: a chroot is no boundary.',
            );
      return row(t('root directory'), shown(one.before), shown(one.after), meaning);
    }
    case 'cwd':
      return row(
        t('working directory'),
        one.before,
        one.after,
        t('A path without / at its beginning begins here.'),
      );
    case 'procfs':
      return row(
        '/proc',
        processes(one.before, t),
        processes(one.after, t),
        one.after === 0
          ? t('No procfs is mounted on its /proc: ps has nothing to read.')
          : t(
              'It is another procfs than before. Each lists the processes of one PID namespace, and ps shows those.',
            ),
      );
    case 'hostname':
      return row(
        t('hostname'),
        one.before,
        one.after,
        evidence.shared.includes('uts')
          ? t('Its UTS namespace is the machine’s: this is the machine’s hostname.')
          : t('That of its UTS namespace: the machine has kept its own.'),
      );
    case 'user':
      if (
        one.before.uid.inside === one.after.uid.inside &&
        one.before.uid.outside === one.after.uid.outside
      )
        return row(
          t('group inside · outside'),
          ids(one.before.gid),
          ids(one.after.gid),
          t(
            'Group {0} in it is group {1} of the machine.',
            one.after.gid.inside,
            one.after.gid.outside,
          ),
        );
      return row(
        t('user inside · outside'),
        ids(one.before.uid),
        ids(one.after.uid),
        who(one.after, t),
      );
    case 'uidMap':
    case 'gidMap':
      return row(
        one.kind === 'uidMap' ? t('map of user IDs') : t('map of group IDs'),
        map(one.before, t),
        map(one.after, t),
        one.after.some(({ count }) => count === everyId)
          ? t('An ID is the same inside and outside.')
          : t('An ID that the map does not name is 65534 (nobody) inside.'),
      );
    case 'capabilities':
      return { ...capabilities(one, evidence, t) };
    case 'cgroup':
      return row(
        t('cgroup'),
        one.before.join(' '),
        one.after.join(' '),
        t('Limits of this cgroup hold for it and for all that it starts.'),
      );
  }
}

const processes = (count: number, t: Translate) =>
  count === 1 ? t('1 process') : t('{0} processes', count);

const ids = ({ inside, outside }: User['uid']) =>
  inside === outside ? String(inside) : `${inside} · ${outside}`;

function who({ uid }: User, t: Translate): string {
  if (uid.inside === uid.outside)
    return uid.inside === 0
      ? t('Root in it is root of the machine.')
      : t('It is the same user inside and outside.');
  return uid.inside === 0
    ? t('Root in it is user {0} of the machine, and may there what that user may.', uid.outside)
    : t('User {0} in it is user {1} of the machine.', uid.inside, uid.outside);
}

/** All IDs: the map of a machine that has no user namespace above. */
const everyId = 4294967295;

function map(extents: NonNullable<ProcessSnapshot['uidMap']>, t: Translate): string {
  if (extents.length === 0) return t('empty');
  return extents
    .map(({ inside, outside, count }) =>
      count === everyId
        ? t('all as outside')
        : count === 1
          ? `${inside} → ${outside}`
          : `${inside}–${inside + count - 1} → ${outside}–${outside + count - 1}`,
    )
    .join(', ');
}

function capabilityScope(
  set: 'effective' | 'bounding',
  total: number,
  { own, shared }: Evidence,
  t: Translate,
): string {
  if (set === 'bounding')
    return t('No program that it starts gets others, not even a set-user-ID one of root.');
  if (total === 0) return t('None is left: it may do what its user may, and no more.');
  if (own.includes('user'))
    return t(
      'They count for what belongs to its own user namespace, and for nothing else of the machine.',
    );
  return shared.includes('user') ? t('Each is one right of root, on the whole machine.') : '';
}

function capabilities(
  { set, gained, lost, total }: Extract<Difference, { kind: 'capabilities' }>,
  evidence: Evidence,
  t: Translate,
): EvidenceRow {
  const listed = (names: readonly string[]) =>
    `${names.slice(0, maxNamed).join(', ')}${names.length > maxNamed ? ` … (${names.length})` : ''}`;
  const isMore = gained.length >= lost.length;
  const sentences = [
    gained.length > 0 ? t('Gained: {0}.', listed(gained)) : '',
    lost.length > 0 ? t('Lost: {0}.', listed(lost)) : '',
    capabilityScope(set, total, evidence, t),
  ];
  return {
    what: set === 'effective' ? t('capabilities') : t('capabilities it may ever get'),
    before: String(total - gained.length + lost.length),
    after: String(total),
    tone: isMore ? 'new' : 'gone',
    word: isMore ? t('gained') : t('lost'),
    meaning: sentences.filter(Boolean).join(' '),
  };
}

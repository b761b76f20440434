/** Which system call made a process see what it sees. Pure. Called by `explainCell`. */
import { capabilityNames } from '../../../core/procfs/capabilities';
import type { Relation, SightColumn, SightLine } from '../../../core/sight/sightLine';
import type { ProcessSnapshot } from '../../../protocol/snapshot';
import type { Translate } from '../../model/translate';
import type { SightContext } from './SightContext';

/** include/uapi/linux/sched.h has them by these names; the files of /proc/PID/ns are shorter. */
const flags: Readonly<Record<string, string>> = {
  ...{ pid: 'CLONE_NEWPID', mnt: 'CLONE_NEWNS', uts: 'CLONE_NEWUTS', ipc: 'CLONE_NEWIPC' },
  ...{ net: 'CLONE_NEWNET', user: 'CLONE_NEWUSER', cgroup: 'CLONE_NEWCGROUP' },
  time: 'CLONE_NEWTIME',
};

export function callText(
  column: SightColumn,
  line: SightLine,
  relation: Relation,
  context: SightContext,
  t: Translate,
): string {
  const { row, snapshot } = line;
  if (relation.kind === 'untold')
    return t('readlink(2) and open(2) below /proc fail: to read it takes the rights of ptrace(2).');
  const inherited = t('No call: a process begins with what its parent has (fork(2)).');
  if (relation.kind === 'same' && row.role !== 'joined') return inherited;
  switch (column) {
    case 'process':
      return t('execve(2) gave it its program, prctl(2) may give it another name.');
    case 'parent':
      return t('fork(2) or clone(2) by the parent; the end of a parent gives its children away.');
    case 'pidInside':
      if (relation.kind === 'machine') return t('fork(2) or clone(2): the next free number.');
      return relation.kind === 'first'
        ? `${namespaceCall(['pid'], line, context, t)} ${t('The first process born there gets number 1.')}`
        : t('fork(2) or clone(2): the next free number, in each of its PID namespaces.');
    case 'pidOutside':
      return t('fork(2) or clone(2): the next free number of this machine.');
    case 'namespaces':
      return relation.kind === 'machine'
        ? inherited
        : namespaceCall(
            snapshot.namespaces.filter((one) => !one.isHosts).map(({ type }) => type),
            line,
            context,
            t,
          );
    case 'root':
      return rootCall(line, context, inherited, t);
    case 'userInside':
    case 'userOutside':
      return userCall(line, relation, inherited, t);
    case 'hostname':
      return relation.kind === 'machine'
        ? t('sethostname(2), when this machine was started.')
        : t(
            'The UTS namespace began as a copy, with the same name; sethostname(2) in it changes its name and no other.',
          );
    case 'capabilities':
      return capabilityCall(relation, snapshot.capabilities, inherited, t);
  }
}

function namespaceCall(
  types: readonly string[],
  { row }: SightLine,
  { engine, isByHand }: SightContext,
  t: Translate,
): string {
  const named = types.map((type) => flags[type] ?? type).join(' | ');
  switch (row.role) {
    case 'init':
      return isByHand
        ? t('unshare(2) by its parent, with {0}; then fork(2), because of --fork.', named)
        : engine === 'builtin'
          ? t('clone3(2) by terrarium-init, with {0}.', named)
          : t('clone(2) and unshare(2) by {0}, with {1}.', engine, named);
    case 'monitor':
      return t(
        'unshare(2), with {0}. It moves no process into a new PID namespace: only its children are born there.',
        named,
      );
    case 'joined':
      return t('setns(2): it has joined namespaces that were there.');
    default:
      return t('unshare(2), clone(2) or setns(2), with {0}, by it or by a process above.', named);
  }
}

function rootCall(
  { row, snapshot }: SightLine,
  { engine, isByHand }: SightContext,
  inherited: string,
  t: Translate,
): string {
  if (snapshot.root?.isHosts) return inherited;
  if (row.role === 'joined' && !isByHand)
    return t('setns(2) of the mount namespace: a process that joins begins at its root.');
  return snapshot.root?.path === '/'
    ? t(
        'pivot_root(2) by {0}: it moves the root of all, and the old root was unmounted.',
        {
          builtin: 'terrarium-init',
          runc: 'runc',
          crun: 'crun',
        }[engine],
      )
    : t(
        'chroot(2): paths begin at another folder. The machine’s file system is still mounted there, and root can get out.',
      );
}

function userCall(
  { row, snapshot }: SightLine,
  relation: Relation,
  inherited: string,
  t: Translate,
): string {
  if (relation.kind === 'machine') return inherited;
  const isMapped = snapshot.namespaces.find(({ type }) => type === 'user')?.isHosts === false;
  if (isMapped && (row.role === 'init' || row.role === 'joined' || row.role === 'monitor'))
    return t(
      'CLONE_NEWUSER made a user namespace, and a line in /proc/PID/uid_map says who is who: {0}.',
      (snapshot.uidMap ?? [])
        .map(({ inside, outside, count }) => `${inside} → ${outside} (${count})`)
        .join(', '),
    );
  return row.role === 'sudo' || row.role === 'helper'
    ? t('execve(2) of sudo, which is a set-user-ID program of root, and setuid(2).')
    : t('setuid(2) or its like, or execve(2) of a set-user-ID program.');
}

function capabilityCall(
  relation: Relation,
  { effective }: ProcessSnapshot['capabilities'],
  inherited: string,
  t: Translate,
): string {
  switch (relation.kind) {
    case 'machine':
    case 'plain':
      return inherited;
    case 'more':
      return t('execve(2) as root, or of a file that has capabilities.');
    case 'own':
    case 'container':
      return effective.length >= capabilityNames.length
        ? t('CLONE_NEWUSER gives the first process of a user namespace all of them.')
        : t(
            'CLONE_NEWUSER gives the first process of a user namespace all of them; capset(2) and prctl(2) took some away.',
          );
    default:
      return t(
        'capset(2) and prctl(2) with PR_CAPBSET_DROP, or setuid(2) from root to another user.',
      );
  }
}

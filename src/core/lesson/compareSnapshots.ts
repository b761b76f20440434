/**
 * Compares two snapshots of the kernel's state. Pure. Called by the controllers of the notebooks, with what was
 * before a command and what is after it.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ProcessSnapshot } from '../../protocol/snapshot';
import type {
  Change,
  Difference,
  Evidence,
  NamespaceChange,
  NamespaceOwner,
  ProcessName,
  Subject,
  User,
} from './evidence';
import { differencesOfMounts } from './mountDifferences';

type One = Difference | undefined;

const as = <K extends Difference['kind'], T>(kind: K, change: T | undefined) =>
  change && { kind, ...change };

/** A field that one of the two lacks is no difference: `untold` has it. */
export function compareSnapshots(
  before: ProcessSnapshot,
  after: ProcessSnapshot,
  subject: Subject = 'front',
): Evidence {
  const name = ({ pid, name }: ProcessSnapshot): ProcessName => ({ pid, name });
  const [from, to] = [name(before), name(after)];
  const isAnother = before.pid !== after.pid || before.startTime !== after.startTime;
  const differences: One[] = [
    isAnother || before.name !== after.name
      ? { kind: 'process', before: from, after: to }
      : undefined,
    as('pids', changeOf(before.pids, after.pids)),
    as('parent', changeOf(before.parent, after.parent)),
    namespaces(before, after),
    as('bornElsewhere', changeOf(before.bornElsewhere, after.bornElsewhere)),
    as('root', changeOf(before.root, after.root)),
    as('cwd', changeOf(before.cwd, after.cwd)),
    mounts(before, after),
    procfs(before, after),
    as('hostname', changeOf(before.hostname, after.hostname)),
    as('user', changeOf(userOf(before), userOf(after))),
    as('uidMap', changeOf(before.uidMap, after.uidMap)),
    as('gidMap', changeOf(before.gidMap, after.gidMap)),
    capabilities('effective', before, after),
    capabilities('bounding', before, after),
    as('cgroup', changeOf(before.cgroup, after.cgroup)),
  ];
  const untold = new Map([...before.untold, ...after.untold].map((one) => [one.field, one]));
  return {
    subject,
    before: from,
    after: to,
    differences: differences.filter((one) => one !== undefined),
    shared: after.namespaces.filter((one) => one.isHosts).map(({ type }) => type),
    own: after.namespaces.filter((one) => !one.isHosts).map(({ type }) => type),
    untold: [...untold.values()],
  };
}

/** @returns undefined where both are the same, or one is not known */
function changeOf<T>(before: T | undefined, after: T | undefined): Change<T> | undefined {
  if (before === undefined || after === undefined) return undefined;
  return isDeepStrictEqual(before, after) ? undefined : { before, after };
}

const userOf = ({ uid, gid }: ProcessSnapshot): User => ({ uid, gid });

function namespaces(before: ProcessSnapshot, after: ProcessSnapshot): One {
  const owner = (isHosts: boolean): NamespaceOwner => (isHosts ? 'host' : 'other');
  const changes = after.namespaces.flatMap(({ type, inode, isHosts }): NamespaceChange[] => {
    const former = before.namespaces.find((one) => one.type === type);
    if (!former || former.inode === inode) return [];
    const [was, now] = [owner(former.isHosts), owner(isHosts)];
    return [{ type, before: former.inode, after: inode, was, now }];
  });
  return changes.length > 0 ? { kind: 'namespaces', changes } : undefined;
}

function mounts(before: ProcessSnapshot, after: ProcessSnapshot): One {
  if (!before.mounts || !after.mounts) return undefined;
  const inodeOf = ({ namespaces }: ProcessSnapshot) =>
    namespaces.find(({ type }) => type === 'mnt')?.inode;
  const isOne = inodeOf(before) !== undefined && inodeOf(before) === inodeOf(after);
  const found = differencesOfMounts(before.mounts.entries, after.mounts.entries, isOne);
  const total = { before: before.mounts.total, after: after.mounts.total };
  const { added, removed, moved, changed, unshared } = found;
  const count = added.length + removed.length + moved.length + changed.length + unshared;
  return count > 0 ? { kind: 'mounts', ...found, total } : undefined;
}

/** On one and the same procfs the number changes all the time, which no command of the lesson did. */
function procfs(before: ProcessSnapshot, after: ProcessSnapshot): One {
  if (!before.procfs || !after.procfs || before.procfs.device === after.procfs.device)
    return undefined;
  return { kind: 'procfs', before: before.procfs.processes, after: after.procfs.processes };
}

function capabilities(
  set: 'effective' | 'bounding',
  { capabilities: before }: ProcessSnapshot,
  { capabilities: after }: ProcessSnapshot,
): One {
  const gained = after[set].filter((one) => !before[set].includes(one));
  const lost = before[set].filter((one) => !after[set].includes(one));
  if (gained.length + lost.length === 0) return undefined;
  return { kind: 'capabilities', set, gained, lost, total: after[set].length };
}

/** What it means that a namespace is new, or the machine's, in a sentence each (namespaces(7)). Used by lessons and the table of sights. */
import type { SnapshotNamespace } from '../../protocol/snapshot';
import type { Translate } from './translate';

type Sentences = Readonly<Record<SnapshotNamespace, string>>;

/** As people call them; the file in /proc/PID/ns is shorter for two. */
export function namespaceName(type: SnapshotNamespace, t: Translate): string {
  const names: Sentences = {
    pid: t('PID namespace'),
    mnt: t('mount namespace'),
    uts: t('UTS namespace'),
    ipc: t('IPC namespace'),
    net: t('network namespace'),
    user: t('user namespace'),
    cgroup: t('cgroup namespace'),
    time: t('time namespace'),
  };
  return names[type];
}

export function newNamespaceText(type: SnapshotNamespace, t: Translate): string {
  const texts: Sentences = {
    pid: t('Processes that start in it are counted anew, from 1, and see no others.'),
    mnt: t('It has a table of mounts of its own, which began as a copy.'),
    uts: t('A hostname that is set here is not the machine’s.'),
    ipc: t('Its message queues, semaphores and shared memory are its own.'),
    net: t('It has interfaces, addresses and ports of its own; at first a loopback that is down.'),
    user: t('IDs mean something else here: the map says who they are outside.'),
    cgroup: t('It sees the cgroup that it was in as the root of all.'),
    time: t('Its clocks may count from another start.'),
  };
  return texts[type];
}

/** What it does there, it does to the machine. */
export function sharedNamespaceText(type: SnapshotNamespace, t: Translate): string {
  const texts: Sentences = {
    pid: t('it sees and counts the machine’s processes'),
    mnt: t('what it mounts is mounted for the machine'),
    uts: t('a hostname that it sets is the machine’s'),
    ipc: t('its message queues are the machine’s'),
    net: t('its network is the machine’s'),
    user: t('root in it is root of the machine'),
    cgroup: t('it sees all cgroups'),
    time: t('its clocks are the machine’s'),
  };
  return texts[type];
}

// A snapshot of a shell on a machine, to be changed by the tests of evidence.
import { capabilityNames } from '../../../../src/core/procfs/capabilities';
import {
  type ProcessSnapshot,
  type SnapshotMount,
  type SnapshotNamespace,
  snapshotNamespaces,
} from '../../../../src/protocol/snapshot';

export const mount = (place: string, more: Partial<SnapshotMount> = {}): SnapshotMount => ({
  ...{
    id: place.length,
    place,
    type: 'ext4',
    source: '/dev/sda1',
    root: '/',
    options: 'rw,relatime',
    isShared: true,
  },
  ...more,
});

export const hostMounts = [
  mount('/'),
  mount('/proc', { type: 'proc', source: 'proc', options: 'rw,nosuid' }),
];

/** Those of the machine, but `others`. */
export function namespaces(others: readonly SnapshotNamespace[] = []) {
  return snapshotNamespaces.map((type, at) => {
    const isHosts = !others.includes(type);
    return { type, inode: String((isHosts ? 4026531000 : 4026532000) + at), isHosts };
  });
}

/** A shell of a person, 1000, or what `more` makes of it. */
export function snapshot(more: Partial<ProcessSnapshot> = {}): ProcessSnapshot {
  return {
    ...{ pid: 4711, startTime: '100', name: 'bash', parent: { pid: 4699, name: 'node' } },
    ...{
      pids: [4711],
      namespaces: namespaces(),
      bornElsewhere: false,
    },
    ...{ root: { path: '/', isHosts: true }, cwd: '/home/me' },
    mounts: { entries: hostMounts, total: hostMounts.length },
    ...{ procfs: { device: '22', processes: 597 }, hostname: 'machine' },
    ...{ uid: { inside: 1000, outside: 1000 }, gid: { inside: 1000, outside: 1000 } },
    uidMap: [{ inside: 0, outside: 0, count: 4294967295 }],
    gidMap: [{ inside: 0, outside: 0, count: 4294967295 }],
    capabilities: { effective: [], bounding: [...capabilityNames] },
    ...{ cgroup: ['0::/user.slice'], untold: [] },
    ...more,
  };
}

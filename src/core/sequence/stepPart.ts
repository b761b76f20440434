/** Which part of a start a step belongs to, for the headings of a start that goes step by step. Pure. */

export type StepPart =
  'cgroup' | 'namespaces' | 'ids' | 'filesystems' | 'names' | 'root' | 'privileges' | 'program';

/** What ids of steps begin with, up to a colon. The unit level fails for a step of a plan that is not here. */
const beginnings: Readonly<Record<StepPart, readonly string[]>> = {
  cgroup: ['make-cgroup', 'controllers', 'cgroup', 'device-filter', 'enter-cgroup'],
  namespaces: ['join', 'become-person', 'unshare', 'session'],
  ids: ['map-uid', 'map-gid', 'become-root'],
  filesystems: [
    ...['bind-rootfs', 'rootfs-propagation', 'mount', 'flags', 'propagation', 'file', 'cwd'],
    ...['device-files', 'devices', 'device', 'device-owner', 'links', 'console-file', 'console'],
    ...['mask', 'mask-folder', 'readonly', 'read-only', 'readonly-root'],
  ],
  names: ['hostname', 'domainname', 'loopback', 'sysctl'],
  root: ['pivot_root', 'umount-old-root'],
  privileges: [
    ...['oom', 'label', 'rlimits', 'setpriv', 'seccomp'],
    ...['scheduler', 'io-priority', 'personality'],
  ],
  program: ['own-session', 'payload'],
};

const partOf = new Map(
  Object.entries(beginnings).flatMap(([part, words]) =>
    words.map((word) => [word, part as StepPart]),
  ),
);

/** @returns undefined for an id that no plan has */
export function stepPart(id: string): StepPart | undefined {
  return partOf.get(id.split(/[:#]/, 1)[0]!);
}

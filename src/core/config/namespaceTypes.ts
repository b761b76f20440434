/** The types of linux.namespaces (namespaces(7)), with their names in /proc and their flags. */

interface NamespaceWords {
  /** In `/proc/PID/ns`. */
  readonly file: string;
  /** The same for unshare(1) and nsenter(1). */
  readonly flag: string;
  /** CLONE_NEW… of linux/sched.h. */
  readonly clone: number;
}

export const namespaceTypes = {
  user: { file: 'user', flag: '--user', clone: 0x10000000 },
  pid: { file: 'pid', flag: '--pid', clone: 0x20000000 },
  mount: { file: 'mnt', flag: '--mount', clone: 0x00020000 },
  uts: { file: 'uts', flag: '--uts', clone: 0x04000000 },
  ipc: { file: 'ipc', flag: '--ipc', clone: 0x08000000 },
  network: { file: 'net', flag: '--net', clone: 0x40000000 },
  cgroup: { file: 'cgroup', flag: '--cgroup', clone: 0x02000000 },
  time: { file: 'time', flag: '--time', clone: 0x00000080 },
} as const satisfies Record<string, NamespaceWords>;

export type NamespaceType = keyof typeof namespaceTypes;

/** As one number, for clone(2) and setns(2), in decimal digits. */
export function cloneFlags(types: Iterable<NamespaceType>): string {
  return String([...types].reduce((flags, type) => flags | namespaceTypes[type].clone, 0) >>> 0);
}

/** In the order in which unshare(1) gets them. */
export const namespaceFlagOrder = Object.keys(namespaceTypes) as NamespaceType[];

/** In the order of the specification (config-linux.md#namespaces). */
export const specifiedNamespaceTypes = [
  'pid',
  'network',
  'mount',
  'ipc',
  'uts',
  'user',
  'cgroup',
  'time',
] as const satisfies NamespaceType[];

/** The types of linux.namespaces (namespaces(7)), with their names in /proc and their flags. */

interface NamespaceWords {
  /** In `/proc/PID/ns`. */
  readonly file: string;
  /** The same for unshare(1) and nsenter(1). */
  readonly flag: string;
}

export const namespaceTypes = {
  user: { file: 'user', flag: '--user' },
  pid: { file: 'pid', flag: '--pid' },
  mount: { file: 'mnt', flag: '--mount' },
  uts: { file: 'uts', flag: '--uts' },
  ipc: { file: 'ipc', flag: '--ipc' },
  network: { file: 'net', flag: '--net' },
  cgroup: { file: 'cgroup', flag: '--cgroup' },
  time: { file: 'time', flag: '--time' },
} as const satisfies Record<string, NamespaceWords>;

export type NamespaceType = keyof typeof namespaceTypes;

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

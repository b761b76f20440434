/** The types of namespaces, for both ends. Without a parser: the extension loads this when it is activated. */

/** As they stand in /proc/PID/ns, in the order in which they are told. */
export const namespaceTypes = [
  ...(['pid', 'mnt', 'uts', 'ipc', 'net', 'user', 'cgroup', 'time'] as const),
] as const;
export type NamespaceType = (typeof namespaceTypes)[number];

/** How many processes `lookAtPlaces` looks at in one request. */
export const maxPlaces = 128;

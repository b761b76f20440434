/** The types of namespaces, for both ends, and for the page of the picture: without a parser. */

/** As they stand in /proc/PID/ns, in the order in which they are told. */
export const namespaceTypes = [
  ...(['pid', 'mnt', 'uts', 'ipc', 'net', 'user', 'cgroup', 'time'] as const),
] as const;
export type NamespaceType = (typeof namespaceTypes)[number];

/** How many processes `lookAtPlaces` looks at in one request. */
export const maxPlaces = 128;

/** What a row of the Processes view can show, in the order in which it does: the setting's values. */
export const processColumns = [
  'pid',
  'hostPid',
  'state',
  'user',
  'cpu',
  'memory',
  'threads',
  'elapsed',
  'command',
] as const;
export type ProcessColumn = (typeof processColumns)[number];

/** The columns of the Processes view, in their order: the values of the setting `terrarium.processColumns`. */
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

/** Field 3 of /proc/PID/stat (proc_pid_stat(5)); `?` for what no kernel that we know writes. */
export const processStates = ['R', 'S', 'D', 'Z', 'T', 't', 'X', 'I', 'P', 'K', 'W', '?'] as const;

export type ProcessState = (typeof processStates)[number];

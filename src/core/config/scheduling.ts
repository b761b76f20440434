/** The names of scheduling policies, their flags and I/O classes, for the schema and for the plan of a start. */

/** In the order of their numbers (linux/sched.h); 4 was never taken. */
export const schedulingPolicies = [
  ...['SCHED_OTHER', 'SCHED_FIFO', 'SCHED_RR', 'SCHED_BATCH', 'SCHED_ISO', 'SCHED_IDLE'],
  'SCHED_DEADLINE',
] as const;

/** Each the next bit (linux/sched.h). */
export const schedulingFlags = [
  ...['RESET_ON_FORK', 'RECLAIM', 'DL_OVERRUN', 'KEEP_POLICY', 'KEEP_PARAMS', 'UTIL_CLAMP_MIN'],
  'UTIL_CLAMP_MAX',
].map((name) => `SCHED_FLAG_${name}`);

/** In the order of their numbers, from 1 on (ioprio_set(2)). */
export const ioClasses = ['IOPRIO_CLASS_RT', 'IOPRIO_CLASS_BE', 'IOPRIO_CLASS_IDLE'] as const;

/** How PID 1 is scheduled, and in which execution domain: steps before privileges are dropped. Used by `planStart`. */
import type { IoPriority, Personality, Scheduler } from '../config/executionSchema';
import { ioClasses, schedulingFlags, schedulingPolicies } from '../config/scheduling';
import type { OciConfig } from '../config/schema';
import type { Step } from './step';

export function executionSteps({ process, linux }: OciConfig): Step[] {
  const { scheduler, ioPriority } = process;
  const where = 'namespaces' as const;
  return [
    ...(scheduler
      ? [
          {
            ...{ id: 'scheduler', where, kind: 'scheduler' as const, scheduler },
            why: `Set the scheduling policy: ${scheduler.policy}`,
          },
        ]
      : []),
    ...(ioPriority
      ? [
          {
            ...{ id: 'io-priority', where, kind: 'ioPriority' as const, ioPriority },
            why: 'Set the priority at disks',
          },
        ]
      : []),
    ...(linux.personality
      ? [
          {
            ...{ id: 'personality', where, kind: 'personality' as const },
            personality: linux.personality,
            why: 'Set the execution domain',
          },
        ]
      : []),
  ];
}

/** The seven words of scheduling; the nice value from 0 on, where 20 is none. */
export function schedulerWords(scheduler: Scheduler | undefined): (string | number)[] {
  if (!scheduler) return ['-', 0, 20, 0, 0, 0, 0];
  const { policy, nice = 0, priority = 0, flags = [], runtime, deadline, period } = scheduler;
  const bits = flags.reduce((all, flag) => all | (1 << schedulingFlags.indexOf(flag)), 0);
  return [
    ...[schedulingPolicies.indexOf(policy), bits, nice + 20, priority],
    ...[runtime, deadline, period].map((value) => nanoseconds(value)),
  ];
}

/** As chrt(1) has it, and the command that follows. */
export function schedulerArgv(scheduler: Scheduler): string[] {
  const { policy, nice, priority = 0, flags = [], runtime, deadline, period } = scheduler;
  const times = { runtime, deadline, period };
  return [
    ...(nice === undefined ? [] : ['nice', '-n', String(nice)]),
    ...['chrt', `--${policy.replace('SCHED_', '').toLowerCase()}`],
    ...(flags.includes('SCHED_FLAG_RESET_ON_FORK') ? ['--reset-on-fork'] : []),
    ...Object.entries(times).flatMap(([name, value]) =>
      value === undefined ? [] : [`--sched-${name}=${nanoseconds(value)}`],
    ),
    String(priority),
  ];
}

function nanoseconds(value = 0): string {
  return String(value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(value));
}

/** ioprio_set(2): the class above its priority, whose usual one is 4. */
export function ioPriorityValue({ class: name, priority = 4 }: IoPriority): number {
  return ((ioClasses.indexOf(name) + 1) << 13) | (name === 'IOPRIO_CLASS_IDLE' ? 0 : priority);
}

export function ioPriorityArgv({ class: name, priority }: IoPriority): string[] {
  return [
    ...['ionice', `--class=${ioClasses.indexOf(name) + 1}`],
    ...(priority === undefined ? [] : [`--classdata=${priority}`]),
  ];
}

/** Processors such as `0-3,7` as a mask in hexadecimal digits; empty for none. */
export function processorMask(list = ''): string {
  let mask = 0n;
  for (const part of list.split(',').filter((one) => one !== '')) {
    const [from, to = from] = part.split('-').map(Number) as [number, number?];
    for (let one = from; one <= to; one++) mask |= 1n << BigInt(one);
  }
  return mask === 0n ? '' : mask.toString(16);
}

/** PER_LINUX and PER_LINUX32 of linux/personality.h. */
export function personalityValue({ domain }: Personality): number {
  return domain === 'LINUX32' ? 8 : 0;
}

export function personalityArgv({ domain }: Personality): string[] {
  return ['setarch', domain === 'LINUX32' ? 'linux32' : 'linux64'];
}

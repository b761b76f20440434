/** How processes are scheduled and which clocks and domain they see: keys of `process` and `linux`, for `schema.ts`. */
import * as z from 'zod';
import { uint32, uint64 } from './schemaText';
import { ioClasses, schedulingFlags, schedulingPolicies } from './scheduling';

export const Scheduler = z
  .object({
    policy: z.enum(schedulingPolicies).describe('`chrt --other`, `--batch`, `--fifo` …'),
    nice: z.number().int().min(-20).max(19).optional().describe('From -20 to 19: `nice`.'),
    priority: z
      .number()
      .int()
      .min(0)
      .max(99)
      .optional()
      .describe('From 1 to 99 for SCHED_FIFO and SCHED_RR, else 0.'),
    flags: z.array(z.enum(schedulingFlags)).max(16).optional().describe('Of sched_setattr(2).'),
    runtime: uint64.optional().describe('For SCHED_DEADLINE, in nanoseconds: `chrt -T`.'),
    deadline: uint64.optional().describe('For SCHED_DEADLINE, in nanoseconds: `chrt -D`.'),
    period: uint64.optional().describe('For SCHED_DEADLINE, in nanoseconds: `chrt -P`.'),
  })
  .describe('How PID 1 and further shells are scheduled: `chrt` (sched(7)).');
export type Scheduler = z.infer<typeof Scheduler>;

export const IoPriority = z
  .object({
    class: z.enum(ioClasses).describe('Realtime, best effort or idle: `ionice --class`.'),
    priority: z
      .number()
      .int()
      .min(0)
      .max(7)
      .optional()
      .describe('From 0, the first, to 7: `ionice --classdata`.'),
  })
  .describe('The priority of PID 1 and of further shells at disks: `ionice`.');
export type IoPriority = z.infer<typeof IoPriority>;

/** CPU_SETSIZE of sched.h: what sched_setaffinity(2) takes at a time. */
const processors = 1024;

/** As in `0-3,7`, also with spaces; nothing is no change. */
const Processors = z
  .string()
  .max(4095)
  .transform((text) => text.replaceAll(' ', ''))
  .refine(isProcessors, `must be processors such as 0-3,7, below ${processors}`);

function isProcessors(text: string): boolean {
  if (text === '') return true;
  return text.split(',').every((part) => {
    const [, from, to = from] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    return from !== undefined && Number(from) <= Number(to) && Number(to) < processors;
  });
}

export const ExecAffinity = z
  .object({
    initial: Processors.optional().describe('Before it enters the cgroup of the container.'),
    final: Processors.optional().describe('From then on.'),
  })
  .describe('On which processors further shells run, not PID 1: `taskset --cpu-list`.');

export const Personality = z
  .object({
    domain: z
      .enum(['LINUX', 'LINUX32'])
      .default('LINUX')
      .describe('LINUX32 has `uname -m` name the 32-bit architecture: `setarch linux32`.'),
    flags: z.array(z.string().max(4095)).max(64).optional().describe('There are none yet.'),
  })
  .describe('Which execution domain programs see: `setarch` (personality(2)).');
export type Personality = z.infer<typeof Personality>;

const Offset = z.object({
  secs: z.number().int().optional().describe('Seconds, also fewer than none.'),
  nanosecs: uint32.max(999_999_999).optional().describe('And nanoseconds.'),
});

export const TimeOffsets = z
  .object({
    monotonic: Offset.optional().describe('CLOCK_MONOTONIC: `unshare --monotonic`.'),
    boottime: Offset.optional().describe('CLOCK_BOOTTIME, uptime: `unshare --boottime`.'),
  })
  .describe('How far the clocks of a new time namespace are from those outside.');
export type TimeOffsets = z.infer<typeof TimeOffsets>;

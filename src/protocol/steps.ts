/**
 * A start that waits before each of its steps, and what a step did. A step is named by its place in the plan
 * of that start (`stepsOf`).
 */
import * as z from 'zod';

/** Most system calls of one step that are told. */
export const maxCalls = 64;

const Index = z.number().int().min(0);
/** Made safe for a terminal; bounded by what is cut out of it (systemCalls). */
const Text = z.string().max(8192);

/** What a step is about. */
export const StepPart = z.enum([
  'cgroup',
  'namespaces',
  'ids',
  'filesystems',
  'names',
  'root',
  'privileges',
  'program',
]);
export type StepPart = z.infer<typeof StepPart>;

/** Where a start waits: before one step, or before several that are carried out together. */
export const PlannedGate = z.object({
  /** The first of its steps; the last one is that before the next gate. */
  first: Index,
  part: StepPart,
  /** What people read of it: commands that do the same, in lines, each with its reason. */
  commands: z.array(z.object({ why: z.string(), lines: z.array(z.string()) })),
});
export type PlannedGate = z.infer<typeof PlannedGate>;

/** A start that waits. */
export const StepsWait = z.object({
  /** The step that is carried out next. */
  next: Index,
  /** Its gate, counted from 0. */
  gate: Index,
  /** How many gates there are. */
  gates: Index,
});
export type StepsWait = z.infer<typeof StepsWait>;

/** A system call as strace(1) writes it, `fsopen("proc", FSOPEN_CLOEXEC)`, with its answer. */
export const AnsweredCall = z.object({
  call: Text,
  /** `0`, `3`, `-1 EPERM (Operation not permitted)`; `?` where it does not return. */
  answer: Text,
  /** Nobody has told it: that of a call that goes well. */
  isExpected: z.boolean().optional(),
});
export type AnsweredCall = z.infer<typeof AnsweredCall>;

/** A step that was carried out. */
export const StepResult = z.object({
  index: Index,
  calls: z.array(AnsweredCall).max(maxCalls),
  /** It had nothing to do: what it is for is not there. */
  skipped: z.boolean().optional(),
  /** What failed, why, and the remedy: the start has ended, and nothing is left of it. */
  failure: z.string().optional(),
});
export type StepResult = z.infer<typeof StepResult>;

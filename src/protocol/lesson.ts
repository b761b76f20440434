/** What a cell of a lesson did when its lines were typed into the lesson's terminal. */
import * as z from 'zod';

/** Longest cell: lines, and UTF-16 code units of one; a terminal takes 4095 bytes of a line (termios(3)). */
export const [maxLessonLines, maxLessonLine] = [1000, 4000] as const;

export const TypedLine = z.object({
  /**
   * `status`: its command has ended; `more`: the shell asked for another line of it; `entered`: a further
   * shell is in front; `over`: the shell of the lesson has ended.
   */
  end: z.enum(['status', 'more', 'entered', 'over']),
  /** Exit status, where the shell told it. */
  status: z.number().int().min(0).max(255).optional(),
});
export type TypedLine = z.infer<typeof TypedLine>;

export const LessonRun = z.object({
  /** In their order; fewer than were asked for where it was interrupted, or the shell ended. */
  lines: z.array(TypedLine).max(maxLessonLines),
  /** Raw but for control sequences other than colours; bounded. */
  output: z.string().max(512 * 1024),
  /** There was more output; the terminal has it. */
  isCut: z.boolean(),
});
export type LessonRun = z.infer<typeof LessonRun>;

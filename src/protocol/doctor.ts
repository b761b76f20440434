/** What `helper.js check` prints and "Check This Machine" shows. */
import * as z from 'zod';

export const Check = z.object({
  /** Stable, kebab-case: `user-namespace`. */
  code: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  verdict: z.enum(['ok', 'limited', 'failed', 'unknown']),
  /** What was found, one sentence. */
  found: z.string(),
  /** What to do about it, where there is something to do. */
  remedy: z.string().optional(),
  /** A line for a shell that carries the remedy out. */
  command: z.string().optional(),
});
export type Check = z.infer<typeof Check>;

export const CheckReport = z.object({ checks: z.array(Check) });
export type CheckReport = z.infer<typeof CheckReport>;

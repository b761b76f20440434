// The one way to skip a test: with a reason, which the summary of `npm test` repeats.

import type { Context } from 'mocha';

declare module 'mocha' {
  interface Runnable {
    type?: string;
    skipReason?: string;
  }
  interface Suite {
    skipReason?: string;
  }
}

/**
 * Skips the running test; in a hook, what the hook is for. Does not return.
 * @param context mocha's `this`
 * @param reason what this machine lacks, for example "no cgroup v2 here"
 */
export function skipBecause(context: Context, reason: string): never {
  const runnable = context.test;
  const skipsSuite = runnable?.type === 'hook' && runnable.title.startsWith('"before all"');
  const target = skipsSuite ? runnable.parent : (context.currentTest ?? runnable);
  if (target) target.skipReason = reason;
  return context.skip();
}

/**
 * Skips the running test where terrarium-init has sanitizers in it (npm run sanitize).
 * @param why what these change
 */
export function skipWithSanitizers(context: Context, why: string): void {
  if (process.env.TERRARIUM_SANITIZED === '1') skipBecause(context, `with sanitizers, ${why}`);
}

/** What `import` and `export` have in common: a long task that tells its progress, and ends where it is asked to. */
import { TerrariumError } from '../../core/errors';
import type { ImportLine, ImportProgress } from '../../protocol/imports';

export interface Reporting {
  /** Aborted by a signal of this process, and where nobody reads the progress any more. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

/**
 * @param what stands in messages, and in the code of the error: `WHAT-cancelled`
 * @param tells whether progress and an expected failure are lines of JSON on standard error
 * @returns the task's report, as JSON
 */
export async function reportedTask(
  what: 'import' | 'export',
  tells: boolean,
  task: (reporting: Reporting) => Promise<object>,
): Promise<string> {
  const abort = new AbortController();
  const stop = (signal: string) =>
    abort.abort(
      new TerrariumError(
        `${what}-cancelled`,
        `The ${what} was cancelled (${signal}).`,
        'Nothing was left behind.',
      ),
    );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // Who reads the progress has gone: so has who asked for it.
  process.stderr.on('error', () => stop('EPIPE'));
  const tell = (line: ImportLine) => {
    if (tells) process.stderr.write(`${JSON.stringify(line)}\n`);
  };
  try {
    const report = await task({ signal: abort.signal, onProgress: tell });
    return `${JSON.stringify(report, undefined, 2)}\n`;
  } catch (error) {
    if (error instanceof TerrariumError) {
      const { code, problem, remedy } = error;
      tell({ error: { code, problem, remedy } });
    }
    throw error;
  }
}

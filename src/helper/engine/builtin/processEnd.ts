/** How a process that carries out a start ended, and why it could not be spawned. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { TerrariumError } from '../../../core/errors';
import type { ProcessEnd } from '../shared/StartProcess';

/**
 * Never rejects.
 * @param outputs waited for as well: what was printed may come after the exit status
 */
export async function endOf(
  child: ChildProcess,
  outputs: readonly Readable[] = [],
): Promise<ProcessEnd> {
  const closed = outputs.map((output) => once(output, 'close'));
  const end = await new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error) => resolve({ failure: error.message }));
    child.once('exit', (exitCode, signal) =>
      resolve({
        ...(exitCode === null ? {} : { exitCode }),
        ...(signal === null ? {} : { signal }),
      }),
    );
  });
  await Promise.all(closed);
  return end;
}

/** The words of a start go through execve(2), which has limits: 128 KiB for a word, some MiB for all. */
export function tooLong(cause?: unknown): TerrariumError {
  return new TerrariumError(
    'too-long',
    'config.json asks for a start that is too long for the kernel: a word of it, or all of them together (execve(2), E2BIG).',
    'Shorten process.args or process.env (a word has at most 128 KiB), or mount less.',
    { cause },
  );
}

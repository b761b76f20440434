/** A process that carries out a start: what goes to and fro, how it ended, why it could not be spawned. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { TerrariumError } from '../../../core/errors';

/** Of one that could not be spawned, why. Of one that another process has forked nothing is known. */
export interface ProcessEnd {
  readonly exitCode?: number;
  readonly signal?: string;
  readonly failure?: string;
}

/** A running terrarium-init. */
export interface StartProcess {
  /** Descriptor 2: what it and what it runs print. */
  readonly printed: Readable;
  /** Descriptor 3: reports. */
  readonly reports: Readable;
  /** Descriptor 4: the words that let it on. */
  readonly words: Writable;
  /** Never rejects. */
  readonly result: Promise<ProcessEnd>;
}

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

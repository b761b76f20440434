/** A warning of `run` on standard error. Node's stream for that takes a millisecond to be made. */
import { writeSync } from 'node:fs';
import { codeOf } from '../../core/fs/codeOf';

/** Lost where nobody reads it any more: a container goes on without its reader. */
export function writeWarning(warning: string): void {
  const line = `terrarium: ${warning}\n`;
  try {
    // A pipe takes a line in one piece, or nothing (PIPE_BUF of pipe(7)).
    writeSync(2, line);
  } catch (error) {
    // O_NONBLOCK, by who shares that descriptor: the stream waits for room.
    if (codeOf(error) === 'EAGAIN') process.stderr.write(line);
  }
}

/** A line on standard error before a payload runs. Node's stream for it takes a millisecond to be made. */
import { writeSync } from 'node:fs';
import { codeOf } from '../../core/fs/codeOf';

/** Lost where nobody reads it any more: a container goes on without its reader. */
export function writeError(text: string): void {
  try {
    // A pipe takes as much as a line in one piece, or nothing (PIPE_BUF of pipe(7)).
    writeSync(2, text);
  } catch (error) {
    // O_NONBLOCK, by who shares that descriptor: the stream waits for room.
    if (codeOf(error) === 'EAGAIN') process.stderr.write(text);
  }
}

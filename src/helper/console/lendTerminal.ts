/**
 * The terminal that the helper was started on, while a program on a pseudo-terminal of ours has it: no process
 * inside can push characters into the caller's (TIOCSTI, ioctl_tty(2)). Input passes through unchanged, output
 * through the filter. Used by `run`, for the container and for shells on its way.
 */
import { finished } from 'node:stream/promises';
import { FilteredOutput, sizeOf, takeAnswers } from './callersTerminal';
import type { PseudoTerminal } from './pty/Pty';

/**
 * @param pty hung up at the end
 * @param over resolves when the program has ended and its output was read
 */
export async function lendTerminal<T>(pty: PseudoTerminal, over: Promise<T>): Promise<T> {
  const { stdin, stdout } = process;
  const output = new FilteredOutput(stdout);
  const resize = () => {
    pty.resize(sizeOf(stdout));
    output.outputFilter.resize(sizeOf(stdout));
  };
  try {
    pty.resize(sizeOf(stdout)); // a start that waits for keys may have taken long
    stdin.setRawMode(true);
    stdin.pipe(pty.stream, { end: false });
    pty.stream.pipe(output, { end: false });
    const shown = finished(output);
    output.pipe(stdout, { end: false });
    stdout.on('resize', resize);
    const result = await over;
    output.end();
    await shown;
    stdin.unpipe();
    if (output.outputFilter.changes.asked) await takeAnswers(stdin, stdout);
    return result;
  } finally {
    stdout.off('resize', resize);
    if (stdin.isRaw) stdin.setRawMode(false);
    stdin.unpipe();
    stdin.pause();
    pty.dispose();
  }
}

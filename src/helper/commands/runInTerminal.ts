/**
 * `run` on a terminal: the container gets a pseudo-terminal of its own, so that no process inside can
 * push characters into the caller's (TIOCSTI, ioctl_tty(2)). Input passes through unchanged.
 */
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { FilteredOutput, sizeOf, takeAnswers } from '../console/callersTerminal';
import { type ConsoleTerminal, Pty } from '../console/pty/Pty';
import { ownConsole } from '../engine/shared/ownConsole';
import type { StartOptions } from '../engine/launchContainer';
import type { LaunchedContainer } from '../engine/shared/Engine';

export async function runInTerminal(
  launch: (options: StartOptions) => Promise<LaunchedContainer>,
  onWarning: (warning: string) => void,
  needsOwnConsole: boolean,
): Promise<number> {
  const { stdin, stdout } = process;
  const own = needsOwnConsole ? await ownConsole(sizeOf(stdout), onWarning) : undefined;
  const pty: ConsoleTerminal = own ?? new Pty(sizeOf(stdout));
  const output = new FilteredOutput(stdout);
  try {
    const container = await launch({ terminal: pty });
    pty.closeSlave();
    const drained = once(pty.stream, 'close');
    stdin.setRawMode(true);
    stdin.pipe(pty.stream, { end: false });
    pty.stream.pipe(output, { end: false });
    const shown = finished(output);
    output.pipe(stdout, { end: false });
    stdout.on('resize', () => {
      pty.resize(sizeOf(stdout));
      output.outputFilter.resize(sizeOf(stdout));
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => container.signal(signal));
    }
    const { code, message, outOfMemory } = await container.exited;
    await drained;
    output.end();
    await shown;
    stdin.unpipe();
    if (output.outputFilter.changes.asked) await takeAnswers(stdin, stdout);
    if (outOfMemory) onWarning(message);
    return code;
  } finally {
    if (stdin.isRaw) stdin.setRawMode(false);
    stdin.unpipe();
    stdin.pause();
    pty.dispose();
  }
}

/** `run` on a terminal: the container gets a pseudo-terminal of its own (lendTerminal.ts). Called by run.ts. */
import { once } from 'node:events';
import { sizeOf } from '../console/callersTerminal';
import { lendTerminal } from '../console/lendTerminal';
import { type ConsoleTerminal, Pty } from '../console/pty/Pty';
import { ownConsole } from '../engine/shared/ownConsole';
import type { StartOptions } from '../engine/launchContainer';
import type { LaunchedContainer } from '../engine/shared/Engine';

export async function runInTerminal(
  launch: (options: StartOptions) => Promise<LaunchedContainer>,
  onWarning: (warning: string) => void,
  needsOwnConsole: boolean,
): Promise<number> {
  const size = sizeOf(process.stdout);
  const own = needsOwnConsole ? await ownConsole(size, onWarning) : undefined;
  const pty: ConsoleTerminal = own ?? new Pty(size);
  try {
    const container = await launch({ terminal: pty });
    pty.closeSlave();
    const drained = once(pty.stream, 'close');
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => container.signal(signal));
    }
    const over = Promise.all([container.exited, drained]);
    const [{ code, message, outOfMemory }] = await lendTerminal(pty, over);
    if (outOfMemory) onWarning(message);
    return code;
  } finally {
    pty.dispose();
  }
}

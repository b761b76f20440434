/**
 * `run` on a terminal: the container gets a pseudo-terminal of its own, so that nothing inside can
 * push characters into the caller's (TIOCSTI, ioctl_tty(2)). Bytes pass through unchanged.
 */
import { Pty } from './console/Pty';
import type { LaunchOptions, LaunchedContainer } from './launch/launchContainer';

export async function runInTerminal(
  launch: (options: LaunchOptions) => Promise<LaunchedContainer>,
  onWarning: (warning: string) => void,
): Promise<number> {
  const size = () => ({ cols: process.stdout.columns, rows: process.stdout.rows });
  const pty = new Pty(size());
  const { stdin, stdout } = process;
  try {
    const container = await launch({ tty: pty.path });
    pty.closeSlave();
    const drained = new Promise<void>((resolve) => pty.stream.once('close', resolve));
    stdin.setRawMode(true);
    stdin.pipe(pty.stream, { end: false });
    pty.stream.pipe(stdout, { end: false });
    stdout.on('resize', () => pty.resize(size()));
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => container.signal(signal));
    }
    const { code, message, outOfMemory } = await container.exited;
    await drained;
    if (outOfMemory) onWarning(message);
    return code;
  } finally {
    if (stdin.isRaw) stdin.setRawMode(false);
    stdin.unpipe();
    stdin.pause();
    pty.dispose();
  }
}

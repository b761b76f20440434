/** A further shell in a running container, on a console of its own. Made by ManagedContainer.ts. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { onTerminal } from '../console/onTerminal';

export interface SessionEnd {
  readonly code: number;
  readonly message: string;
}

export interface Session {
  /** Never rejects. */
  readonly ended: Promise<SessionEnd>;
  /** SIGKILL for all of it; the container's end takes most sessions anyway. */
  kill(): void;
}

/** @param tty path of the pseudo-terminal that becomes its controlling terminal */
export function spawnSession(
  command: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> },
  tty: string,
): Session {
  const [program, ...args] = onTerminal(tty, command.argv);
  const child = spawn(program, args, {
    cwd: '/',
    env: command.env,
    detached: true,
    stdio: 'ignore',
  });
  let over = false;
  const ended = new Promise<SessionEnd>((resolve) => {
    child.once('error', (error) => {
      over = true;
      resolve({ code: 125, message: `The shell could not be started: ${error.message}` });
    });
    child.once('exit', (exitCode, signal) => {
      over = true;
      const code = signal ? 128 + constants.signals[signal] : (exitCode ?? 0);
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      resolve({ code, message: `The shell ${how}.` });
    });
  });
  return {
    ended,
    kill: () => {
      if (over || child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL'); // detached: it leads a process group of its own
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
  };
}

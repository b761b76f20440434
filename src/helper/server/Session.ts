/** A further shell in a running container, on a console of its own. Made by ManagedContainer.ts. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { onTerminal } from '../console/onTerminal';
import { signalInWords } from '../launch/containerExit';
import type { SessionCommand } from '../launch/sessionArgv';
import type { StreamEnd } from './Streams';

/** What Node says of its first program, which is one of the host's. */
export type SessionExit =
  | { readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly error: Error };

export interface Session {
  /** Never rejects. */
  readonly ended: Promise<SessionExit>;
  /** SIGKILL for all of it; the container's end takes most sessions anyway. */
  kill(): void;
}

/** @param tty path of the pseudo-terminal that becomes its controlling terminal */
export function spawnSession(command: Pick<SessionCommand, 'argv' | 'env'>, tty: string): Session {
  const [program, ...args] = onTerminal(tty, command.argv);
  const child = spawn(program, args, {
    cwd: '/',
    env: command.env,
    detached: true,
    stdio: 'ignore',
  });
  let over = false;
  const ended = new Promise<SessionExit>((resolve) => {
    child.once('error', (error) => {
      over = true;
      resolve({ error });
    });
    child.once('exit', (code, signal) => {
      over = true;
      resolve({ code, signal });
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

/** @param lastWords on its terminal */
export function sessionEnd(exit: SessionExit, lastWords: string): StreamEnd {
  if ('error' in exit)
    return { code: 125, message: `The shell could not be started: ${exit.error.message}` };
  const signal = exit.signal ?? (exit.code === 1 ? signalInWords(lastWords) : undefined);
  if (signal)
    return { code: 128 + constants.signals[signal], message: `The shell was ended by ${signal}.` };
  const code = exit.code ?? 0;
  return { code, message: `The shell ended with exit code ${code}.` };
}

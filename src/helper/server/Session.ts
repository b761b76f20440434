/** A further shell in a running container, on a terminal of its own. Made by ManagedContainer.ts. */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../core/errors';
import { Pty, PtyMaster, type PseudoTerminal, type TerminalSize } from '../console/pty/Pty';
import { onTerminal } from '../console/pty/onTerminal';
import { signalInOutput } from '../engine/shared/containerExit';
import type {
  SessionExit as ProgramExit,
  SessionCommand,
  SessionProcess,
  SessionTarget,
} from '../engine/shared/Engine';
import { exitOfProgram } from '../engine/shared/exitOfProgram';
import { HeldTerminal } from '../engine/shared/HeldTerminal';
import { withContainerFsTimeout } from '../engine/shared/withContainerFsTimeout';
import { type Devpts, openDevpts, openMaster } from '../engine/shared/openDevpts';
import { withTerminalOn1 } from '../host/withoutInherited';
import { killSession } from './killSession';
import type { StreamEnd } from './Streams';

/** How its first program, one of the host's, ended. */
export type SessionExit = ProgramExit & {
  /** Output of host programs on a standard error that was not the terminal. */
  readonly said?: string;
};

export interface Session {
  readonly pty: PseudoTerminal;
  /** Never rejects. */
  readonly ended: Promise<SessionExit>;
  /** SIGKILL for all of it; the container's end takes most sessions anyway. @throws Error of kill(2) */
  kill(): Promise<void>;
}

/**
 * On a terminal of the container's own devpts, where it has one: then the terminal has a name inside.
 * Otherwise on one of the machine's devpts, which has no name inside.
 * @param onWarning says why it has no name
 */
export async function startSession(
  container: SessionTarget,
  command: SessionCommand,
  size: TerminalSize,
  onWarning: (text: string) => void,
): Promise<Session> {
  if (command.inside) {
    const devpts = await withContainerFsTimeout(container, () => openDevpts(container.hostPid));
    try {
      if (devpts) return await namedSession(command, devpts, size, onWarning);
    } catch (error) {
      onWarning(`a shell has a terminal without a name inside: ${messageOf(error)}`);
    } finally {
      await devpts?.ptmx.close();
      await devpts?.folder.close();
    }
  }
  return spawnSession(command, new Pty(size));
}

async function namedSession(
  command: SessionCommand,
  devpts: Devpts,
  size: TerminalSize,
  onWarning: (text: string) => void,
): Promise<Session> {
  const master = command.onMaster && (await openMaster(devpts));
  if (master === undefined) return insideSession(command, devpts, size, onWarning);
  let process: SessionProcess;
  try {
    process = await command.onMaster!(master);
  } catch (error) {
    closeSync(master);
    throw error;
  }
  const pty = new PtyMaster(master);
  pty.resize(size);
  return runningSession(pty, process.pid === undefined ? [] : [process.pid], process.ended);
}

async function insideSession(
  { inside, env, ownErrors }: SessionCommand,
  devpts: Devpts,
  size: TerminalSize,
  onWarning: (text: string) => void,
): Promise<Session> {
  const pty = await HeldTerminal.open(inside!, env, size, devpts);
  const ended = pty.ended.then(({ code, signal, holder }) => {
    // The terminal has hung up. A program that ignores SIGHUP would run on without one.
    if (holder)
      killSession(pty.pids.slice(1), () => false).catch((error: unknown) =>
        onWarning(`a shell without its terminal could not be ended: ${messageOf(error)}`),
      );
    return { code, signal };
  });
  return runningSession(pty, pty.pids, ended, ownErrors ? pty.said : undefined);
}

type Spawned = Pick<SessionCommand, 'argv' | 'env' | 'leads' | 'ownErrors'>;

/** @param pty becomes its controlling terminal */
function spawnSession({ argv, env, leads, ownErrors }: Spawned, pty: Pty): Session {
  const [program, ...args] = leads ? withTerminalOn1(argv) : onTerminal(pty.path, argv);
  const slave = leads ? pty.slaveDescriptor! : 'ignore';
  const child = spawn(program, args, {
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', slave, leads && ownErrors ? 'pipe' : slave],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  return runningSession(
    pty,
    child.pid === undefined ? [] : [child.pid],
    exitOfProgram(child),
    child.stderr ? () => said : undefined,
  );
}

function runningSession(
  pty: PseudoTerminal,
  pids: readonly number[],
  exit: Promise<ProgramExit>,
  said?: () => string,
): Session {
  let over = false;
  return {
    pty,
    ended: exit.then(async (end) => {
      over = true;
      // Node runs timers and exits before input: the last output is still to be read.
      await setImmediate();
      await setImmediate();
      return said ? { ...end, said: said() } : end;
    }),
    kill: async () => {
      if (!over) await killSession(pids, () => over);
    },
  };
}

/** @param outputTail on its terminal: where a program of the host says how the session's was ended */
export function sessionEnd(exit: SessionExit, outputTail: string): StreamEnd {
  if ('error' in exit)
    return { code: 125, message: `The shell could not be started: ${exit.error.message}` };
  const words = exit.said ?? outputTail;
  const signal = exit.signal ?? (exit.code === 1 ? signalInOutput(words) : undefined);
  if (signal)
    return { code: 128 + constants.signals[signal], message: `The shell was ended by ${signal}.` };
  const code = exit.code ?? 0;
  return { code, message: `The shell ended with exit code ${code}.` };
}

/** Spawns unshare(1) for a bundle by hand, with its descriptors: the one place that knows which is what. */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { messageOf } from '../../../core/errors';
import { callerStdio, copyStdio } from '../../console/callerStdio';
import { hostEnvironment } from '../../host/hostTools';
import { withoutInherited } from '../../host/withoutInherited';
import { withoutStreams } from '../../host/withoutStreams';
import { endOf, tooLong } from './processEnd';
import type { ProcessEnd } from '../shared/StartProcess';

/** The program's 0, 1 and 2, among the descriptors of the shell. */
export const programStdio = [3, 4, 5] as const;

export interface ByHand {
  readonly pid: number | undefined;
  /** What the shell reads, a line at a time; its end ends the shell when it has done the last one. */
  readonly typed: Writable;
  /** Never rejects: waits for the output, too. */
  readonly result: Promise<ProcessEnd>;
}

/**
 * @param argv absolute program first
 * @param env beside the host's own
 * @param tty the program's terminal; undefined for what this process has on 0, 1 and 2
 * @param on hears the answers on the shell's standard output, and what it and its commands print on 2
 */
export function spawnByHand(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  tty: string | undefined,
  on: { readonly answer: (line: string) => void; readonly printed: (text: string) => void },
): ByHand {
  const [program, ...args] = withoutInherited(argv, programStdio[2]);
  const caller = tty === undefined ? callerStdio() : undefined;
  // Controlling terminal of nobody: it is for the program to take, in a session of its own (open(2), O_NOCTTY).
  const terminal =
    tty === undefined ? undefined : openSync(tty, constants.O_RDWR | constants.O_NOCTTY);
  const own = (way: 'inherit' | 'pipe' | undefined, descriptor: number) =>
    terminal ?? (way === 'inherit' ? descriptor : 'pipe');
  try {
    const child = spawn(program, args, {
      cwd: '/',
      // SHLVL: where its input is a socket, and nobody's child, bash takes that for a login and reads ~/.bashrc.
      env: { ...hostEnvironment, ...env, SHLVL: '1' },
      stdio: [
        ...(['pipe', 'pipe', 'pipe'] as const),
        own(caller?.input, 0),
        own(caller?.output, 1),
        own(caller?.errors, 2),
      ],
      // In a session of its own: a controlling terminal is within reach by /dev/tty (tty(4)).
      detached: true,
    });
    const failure = withoutStreams(child)?.catch((error) => ({ failure: messageOf(error) }));
    if (failure) return { pid: undefined, typed: new PassThrough().resume(), result: failure };
    const [typed, answers, printed, input, output, errors] =
      child.stdio as unknown as readonly (Readable & Writable)[];
    if (caller) child.once('exit', copyStdio({ input, output, errors }));
    // A reset pipe means that the process at its other end is gone; its exit status says so.
    for (const stream of [typed, answers, printed]) stream!.on('error', () => undefined);
    printed!.setEncoding('utf8').on('data', on.printed);
    createInterface({ input: answers! }).on('line', on.answer);
    return { pid: child.pid, typed: typed!, result: endOf(child, [answers!, printed!]) };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'E2BIG' ? tooLong(error) : error;
  } finally {
    if (terminal !== undefined) closeSync(terminal);
  }
}

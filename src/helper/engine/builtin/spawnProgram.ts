/** Spawns terrarium-init with its descriptors: the one place that knows which is what. */
import { type StdioOptions, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { callerStdio, copyStdio } from '../../console/callerStdio';
import type { StartProcess } from './processEnd';

/**
 * @param argv absolute program first
 * @param plan what it reads on descriptor 5 (encodeProgram.ts)
 * @param tty the terminal of PID 1; undefined for what this process has on 0, 1 and 2
 * @returns its words have to stay open: their end ends the container
 */
export function spawnProgram(
  [program, ...args]: readonly [string, ...string[]],
  plan: Buffer,
  tty: string | undefined,
): StartProcess {
  const caller = tty === undefined ? callerStdio() : undefined;
  // Controlling terminal of nobody: it is for PID 1 to take, in a session of its own (open(2), O_NOCTTY).
  const terminal =
    tty === undefined ? undefined : openSync(tty, constants.O_RDWR | constants.O_NOCTTY);
  const errors = caller?.errors === 'inherit' ? 2 : (caller?.errors ?? terminal);
  try {
    const child = spawn(program, args, {
      cwd: '/',
      env: {},
      stdio: [
        ...[caller?.input ?? terminal, caller?.output ?? terminal],
        ...['pipe', 'pipe', 'pipe', 'pipe', errors],
      ] as StdioOptions,
      // In a session of its own: a controlling terminal is within reach by /dev/tty (tty(4)).
      detached: true,
    });
    const stdio = child.stdio as unknown as readonly (Readable & Writable)[];
    const [toChild, fromChild, printed, reports, words, planned, said] = stdio;
    if (caller) child.once('exit', copyStdio({ input: toChild, output: fromChild, errors: said }));
    // A reset pipe means that the process at its other end is gone; its exit status says so.
    for (const stream of [printed, reports, words, planned]) stream!.on('error', () => undefined);
    planned!.end(plan);
    return {
      pid: child.pid,
      ...{ reports: reports!, words: words!, printed: printed! },
      result: new Promise((resolve) => {
        child.once('error', (error) => resolve({ failure: error.message }));
        child.once('exit', (exitCode, signal) =>
          resolve({
            ...(exitCode === null ? {} : { exitCode }),
            ...(signal === null ? {} : { signal }),
          }),
        );
      }),
    };
  } finally {
    if (terminal !== undefined) closeSync(terminal);
  }
}

/** Spawns terrarium-init with its descriptors: the one place that knows which is what. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { callerStdio, copyStdio } from '../../console/callerStdio';
import { type StartProcess, endOf } from './processEnd';

/**
 * What it has on 0, 1 and 6: nothing, because its plan names the terminal of PID 1; what this process has;
 * or a terminal by its path here.
 */
export type ProgramTerminal = 'planned' | 'inherit' | { readonly tty: string };

/** A program that waits for its plan. */
export interface WaitingProgram {
  readonly child: ChildProcess;
  /**
   * @param plan what it reads on descriptor 5 (encodeProgram.ts)
   * @returns its words have to stay open: their end ends the container
   */
  readonly carryOut: (plan: Buffer) => StartProcess;
}

/** @param argv absolute program first */
export function spawnProgram(
  [program, ...args]: readonly [string, ...string[]],
  terminal: ProgramTerminal,
): WaitingProgram {
  const caller = terminal === 'inherit' ? callerStdio() : undefined;
  // Controlling terminal of nobody: it is for PID 1 to take, in a session of its own (open(2), O_NOCTTY).
  const place = typeof terminal === 'object' ? terminal.tty : '/dev/null';
  const given = caller ? undefined : openSync(place, constants.O_RDWR | constants.O_NOCTTY);
  const errors = caller?.errors === 'inherit' ? 2 : (caller?.errors ?? given);
  try {
    const child = spawn(program, args, {
      cwd: '/',
      env: {},
      stdio: [
        ...[caller?.input ?? given, caller?.output ?? given],
        ...['pipe', 'pipe', 'pipe', 'pipe', errors],
      ] as StdioOptions,
      // In a session of its own: a controlling terminal is within reach by /dev/tty (tty(4)).
      detached: true,
    });
    const [toChild, fromChild, , , , , said] = pipesOf(child);
    if (caller) child.once('exit', copyStdio({ input: toChild, output: fromChild, errors: said }));
    // A reset pipe means that the process at its other end is gone; its exit status says so.
    for (const stream of ownPipes(child)) stream.on('error', () => undefined);
    const result = endOf(child);
    return { child, carryOut: (plan) => withPlan(child, plan, result) };
  } finally {
    if (given !== undefined) closeSync(given);
  }
}

function withPlan(child: ChildProcess, plan: Buffer, result: StartProcess['result']): StartProcess {
  const [printed, reports, words, planned] = ownPipes(child);
  planned.end(plan);
  // PID 1 has it open until it is ready.
  const settled = new Promise<void>((resolve) => planned.resume().once('close', resolve));
  return { pid: child.pid, reports, settled, words, printed, result };
}

type Pipe = Readable & Writable & Pick<Socket, 'ref' | 'unref'>;

function pipesOf(child: ChildProcess): readonly (Pipe | undefined)[] {
  return child.stdio as unknown as readonly (Pipe | undefined)[];
}

/** Messages, reports, words and the plan: descriptors 2 to 5. */
export function ownPipes(child: ChildProcess): [Pipe, Pipe, Pipe, Pipe] {
  return pipesOf(child).slice(2, 6) as [Pipe, Pipe, Pipe, Pipe];
}

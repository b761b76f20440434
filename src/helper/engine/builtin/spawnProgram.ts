/** Spawns terrarium-init with its descriptors: the one place that knows which is what. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { lengthWord } from '../../../core/sequence/encodeProgram';
import { callerStdio, copyStdio } from '../../console/callerStdio';
import { endOf } from './processEnd';
import type { ProcessEnd, StartProcess } from '../shared/StartProcess';

/**
 * What it has on 0, 1 and 6: nothing, because its plan names the terminal of PID 1; what this process has;
 * or a terminal by its path here.
 */
export type ProgramTerminal = 'planned' | 'inherit' | { readonly tty: string };

/** What lets PID 1 on (src/init/gate.h). */
export const goOn = 'm';

/** A program that waits for its plan. */
export interface WaitingProgram {
  readonly pipes: OwnPipes;
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
    const pipes = pipesOf(child).slice(2, 2 + pipesOfOne) as unknown as OwnPipes;
    for (const stream of pipes) stream.on('error', () => undefined);
    const result = endOf(child);
    return { pipes, carryOut: (plan) => withPlan(pipes, plan, result) };
  } finally {
    if (given !== undefined) closeSync(given);
  }
}

/**
 * One process that forks for each of `count` starts (src/init/spawner.c), which end by themselves. Neither that nor what
 * waits keeps this process alive.
 */
export function spawnPrograms(
  program: string,
  count: number,
): { readonly child: ChildProcess; readonly programs: readonly WaitingProgram[] } {
  const pipes = Array.from({ length: pipesOfOne * count }, () => 'pipe' as const);
  const child = spawn(program, ['spawner', String(count)], {
    ...{ cwd: '/', env: {}, detached: true },
    stdio: ['ignore', 'ignore', 'ignore', ...pipes],
  });
  child.unref();
  const result = new Promise<ProcessEnd>((resolve) => {
    child
      .once('spawn', () => resolve({}))
      .once('error', ({ message }) => resolve({ failure: message }));
  });
  // Without descriptors for them there are none, and an error follows.
  const made = pipesOf(child).length > 0 ? count : 0;
  const programs = Array.from({ length: made }, (_, index) => {
    const first = 3 + pipesOfOne * index;
    const own = pipesOf(child).slice(first, first + pipesOfOne) as unknown as OwnPipes;
    for (const pipe of own) pipe.on('error', () => undefined).unref();
    const carryOut = (plan: Buffer) => {
      for (const pipe of own) pipe.ref();
      return withPlan(own, plan, result);
    };
    return { pipes: own, carryOut };
  });
  return { child, programs };
}

function withPlan(pipes: OwnPipes, plan: Buffer, result: StartProcess['result']): StartProcess {
  const [printed, reports, words, planned] = pipes;
  planned.cork(); // one message, for which the program wakes up once
  planned.write(lengthWord(plan));
  planned.end(plan);
  planned.resume(); // it closes when the plan has been read
  return { reports, words, printed, result };
}

type Pipe = Readable & Writable & Pick<Socket, 'ref' | 'unref'>;

/** Messages, reports, words and the plan: descriptors 2 to 5. */
export type OwnPipes = readonly [Pipe, Pipe, Pipe, Pipe];

const pipesOfOne = 4;

function pipesOf(child: ChildProcess): readonly (Pipe | undefined)[] {
  return (child.stdio as unknown as readonly (Pipe | undefined)[] | undefined) ?? [];
}

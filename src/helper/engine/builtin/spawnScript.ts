/** Spawns a fixed script with its pipes: the one place that knows which descriptor is what. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { callerStdio, copyStdio } from '../../console/callerStdio';
import { hostEnvironment } from '../../host/hostTools';
import { namelessFile } from '../../host/namelessFile';
import { type ProcessEnd, tooLong } from './processEnd';

/** A running script of the start sequence, or terrarium-init. */
export interface ScriptProcess {
  readonly pid: number | undefined;
  /** Descriptor 2: what `unshare`, the shell and the commands of the steps print. */
  readonly printed: Readable;
  /** Descriptor 3: reports. */
  readonly reports: Readable;
  /** Descriptor 4: the words that let it on. */
  readonly words: Writable;
  /** Never rejects. */
  readonly result: Promise<ProcessEnd>;
}

/** What it has on 0, 1 and 6: nothing, what this process has, or a terminal of ours (onOpenTerminal). */
export type ScriptTerminal = 'none' | 'inherit' | { readonly tty: string };

/** @param argv absolute program first; the environment is the host's own, whoever calls. */
export function spawnScript(
  argv: readonly [string, ...string[]],
  terminal: ScriptTerminal,
  cancelSignal?: AbortSignal,
): ScriptProcess {
  const caller = terminal === 'inherit' ? callerStdio() : undefined;
  const fstab = terminal === 'none' ? undefined : namelessFile();
  // Controlling terminal of nobody: it is for PID 1 to take, in a session of its own (open(2), O_NOCTTY).
  const tty =
    typeof terminal === 'object'
      ? openSync(terminal.tty, constants.O_RDWR | constants.O_NOCTTY)
      : undefined;
  const [input, output] = [caller?.input ?? 'ignore', caller?.output ?? 'ignore'] as const;
  // The payload's standard error waits on 6 until init.sh gives it back its number.
  const waiting = caller?.errors === 'inherit' ? 2 : (caller?.errors ?? 'ignore');
  let child: ChildProcess;
  try {
    child = spawn(argv[0], argv.slice(1), {
      cwd: '/',
      env: hostEnvironment,
      stdio: [
        ...[input, output, 'pipe', 'pipe', 'pipe', 'ignore', waiting, fstab ?? 'ignore'],
        ...(tty === undefined ? [] : [tty]), // onOpenTerminal
      ] as StdioOptions,
      // In a session of its own: a controlling terminal is within reach by /dev/tty (tty(4)).
      detached: terminal !== 'none',
      ...(cancelSignal ? { signal: cancelSignal } : {}),
    });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'E2BIG' ? tooLong(error) : error;
  } finally {
    for (const descriptor of [fstab, tty]) if (descriptor !== undefined) closeSync(descriptor);
  }
  const stdio = child.stdio as unknown as readonly (Readable & Writable)[];
  const [toChild, fromChild, printed, reports, words, , said] = stdio;
  if (caller) child.once('exit', copyStdio({ input: toChild, output: fromChild, errors: said }));
  // A reset pipe means that the process at its other end is gone; its exit status says so.
  for (const stream of [printed, reports, words]) stream!.on('error', () => undefined);
  return {
    pid: child.pid,
    reports: reports!,
    words: words!,
    printed: printed!,
    result: new Promise((resolve) => {
      child.once('error', () => resolve({})); // it could not be spawned, or was cancelled
      child.once('exit', (exitCode, signal) =>
        resolve({
          ...(exitCode === null ? {} : { exitCode }),
          ...(signal === null ? {} : { signal }),
        }),
      );
    }),
  };
}

/** Spawns a fixed script with its pipes: the one place that knows which descriptor is what. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { callerStdio, copyStdio } from './callerStdio';
import { hostEnvironment } from './hostTools';

/** A running script of the start sequence. */
export interface ScriptProcess {
  readonly pid: number | undefined;
  /** Descriptor 2: what `unshare`, the shell and the commands of the steps print. */
  readonly printed: Readable;
  /** Descriptor 3: reports. */
  readonly reports: Readable;
  /** Descriptor 4: the words that let it on. */
  readonly words: Writable;
  /** Never rejects. */
  readonly result: Promise<{ readonly exitCode?: number; readonly signal?: string }>;
}

/** Who has the terminal: nobody, this process (inherited), or a new session that opens one itself. */
export type ScriptTerminal = 'none' | 'inherit' | 'own';

/** @param argv absolute program first; the environment is the host's own, whoever calls. */
export function spawnScript(
  argv: readonly [string, ...string[]],
  terminal: ScriptTerminal,
  cancelSignal?: AbortSignal,
): ScriptProcess {
  const caller = terminal === 'inherit' ? callerStdio() : undefined;
  const fstab = terminal === 'none' ? undefined : namelessFile();
  const [input, output] = [caller?.input ?? 'ignore', caller?.output ?? 'ignore'] as const;
  // The payload's standard error waits on 6 until release.sh gives it back its number.
  const waiting = caller?.errors === 'inherit' ? 2 : (caller?.errors ?? 'ignore');
  const child = spawn(argv[0], argv.slice(1), {
    cwd: '/',
    env: hostEnvironment,
    stdio: [input, output, 'pipe', 'pipe', 'pipe', 'ignore', waiting, fstab ?? 'ignore'],
    // In a session of its own: a controlling terminal is within reach by /dev/tty (tty(4)).
    detached: terminal !== 'none',
    ...(cancelSignal ? { signal: cancelSignal } : {}),
  });
  if (fstab !== undefined) closeSync(fstab);
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

/**
 * For steps.sh's fstab: mount(8) reads none from a pipe. Without a name only who may look into our
 * processes reaches it, so its mode only has to let in the ids of a user namespace.
 */
function namelessFile(): number {
  const file = path.join(tmpdir(), `terrarium-${randomBytes(8).toString('hex')}`);
  const descriptor = openSync(file, 'wx+', 0o600);
  unlinkSync(file);
  fchmodSync(descriptor, 0o666);
  return descriptor;
}

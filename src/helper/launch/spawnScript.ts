/** Spawns a fixed script with its pipes: the one place that knows which descriptor is what. */
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { hostEnvironment } from './hostTools';

/** A running script of the start sequence. */
export interface ScriptProcess {
  readonly pid: number | undefined;
  /** Descriptor 2: what the shell or `unshare` itself has to say. */
  readonly errors: Readable;
  /** Descriptor 3: reports. */
  readonly reports: Readable;
  /** Descriptor 4: the words that let it on. */
  readonly words: Writable;
  /** Descriptor 5: what the commands of the steps print. */
  readonly printed: Readable;
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
  const io = terminal === 'inherit' ? 'inherit' : 'ignore';
  const child = execa(argv[0], argv.slice(1), {
    cwd: '/',
    env: hostEnvironment,
    extendEnv: false,
    // The payload's standard error waits on 6 until release.sh gives it back its number.
    stdio: [io, io, 'pipe', 'pipe', ['pipe'], 'pipe', terminal === 'inherit' ? 2 : 'ignore'],
    buffer: false,
    reject: false,
    cleanup: false,
    detached: terminal === 'own',
    ...(cancelSignal ? { cancelSignal } : {}),
  });
  const stdio = child.stdio as unknown as readonly (Readable & Writable)[];
  const [, , errors, reports, words, printed] = stdio;
  // A reset pipe means that the process at its other end is gone; its exit status says so.
  for (const stream of [errors, reports, words, printed]) stream!.on('error', () => undefined);
  return {
    pid: child.pid,
    errors: errors!,
    reports: reports!,
    words: words!,
    printed: printed!,
    result: Promise.resolve(child).then(({ exitCode, signal }) => ({ exitCode, signal })),
  };
}

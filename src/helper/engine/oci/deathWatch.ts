/** Ends a rootless runtime's container after its helper was killed. Used by launchRuntime.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import watch from './deathWatch.sh';

export interface DeathWatch {
  /** @param runtime PID of the helper's child */
  watch(runtime: number): void;
  /** The container has ended. */
  disarm(): void;
}

/**
 * A shell reads from the helper. On end of file it kills the container's PID 1 and the runtime, and runs
 * `delete --force`. That alone is too early before the runtime has written its state: crun would start the
 * container afterwards. It is there before the runtime, which it finds by its words where the helper is killed between
 * the two: the signal of PR_SET_PDEATHSIG does not end a runtime, which hands it on to a PID 1 that may ignore it.
 * @param id the last of the runtime's words, behind a PID file that is called `pid`
 * @param deleting the command, absolute
 */
export function deathWatch(
  id: string,
  deleting: readonly string[],
  env: Record<string, string>,
): DeathWatch {
  const shell: ChildProcess = spawn('/bin/sh', ['-c', watch, 'sh', id, ...deleting], {
    ...{ cwd: '/', env, detached: true },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined); // then the next helper sweeps
  shell.stdin?.on('error', () => undefined);
  return {
    watch: (runtime) => void shell.stdin?.write(`${runtime}\n`),
    disarm: () => void shell.stdin?.end('revoked\n'),
  };
}

/** Ends a rootless runtime's container after its helper was killed. Used by launchRuntime.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import watch from './deathWatch.sh';

export interface DeathWatch {
  /** The container has ended. */
  disarm(): void;
}

/**
 * A shell reads from the helper. On end of file it kills the container's PID 1 and the runtime, and runs
 * `delete --force`. That alone is too early before the runtime has written its state: crun would start the
 * container afterwards.
 * @param runtime PID of the helper's child
 * @param deleting the command, absolute
 */
export function deathWatch(
  runtime: number,
  id: string,
  deleting: readonly string[],
  env: Record<string, string>,
): DeathWatch {
  const shell: ChildProcess = spawn(
    '/bin/sh',
    ['-c', watch, 'sh', String(runtime), id, ...deleting],
    {
      ...{ cwd: '/', env, detached: true },
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  shell.on('error', () => undefined); // then the next helper sweeps
  shell.stdin?.on('error', () => undefined);
  return { disarm: () => void shell.stdin?.end('revoked\n') };
}

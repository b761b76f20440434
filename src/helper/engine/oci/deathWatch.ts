/** Ends a container that a runtime started without root, after a helper that was killed. Used by launchRuntime.ts. */
import { spawn } from 'node:child_process';
import watch from './deathWatch.sh';

export interface DeathWatch {
  /** The container has ended. */
  disarm(): void;
}

/**
 * When this process is no more, however it ended, a shell that reads from it kills the container's PID 1 and the
 * runtime, and deletes what the runtime has recorded. `delete --force` alone comes too early where the runtime has
 * recorded nothing yet: crun starts such a container afterwards.
 * @param runtime its PID; the helper's child
 * @param deleting the command, absolute
 */
export function deathWatch(
  runtime: number,
  id: string,
  deleting: readonly string[],
  env: Record<string, string>,
): DeathWatch {
  const shell = spawn('/bin/sh', ['-c', watch, 'sh', String(runtime), id, ...deleting], {
    ...{ cwd: '/', env, detached: true },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined); // the next helper's sweep is left
  shell.stdin.on('error', () => undefined);
  return { disarm: () => void shell.stdin.end('revoked\n') };
}

/**
 * sudo can log or check every command that its command runs ("log_subcmds" and "intercept" of sudoers(5)).
 * Every execve(2) then waits for sudo, by ptrace(2) or through a preloaded library. Once sudo has ended
 * each fails with ENOSYS or EACCES. Called by serve.ts before it detaches.
 */
import { readFileSync } from 'node:fs';
import { TerrariumError } from '../../core/errors';
import { statusNumbers } from '../../core/procfs/parseStatus';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/**
 * @param env of a process that sudo may have started
 * @param status its /proc/self/status
 */
export function isTracedBySudo(
  env: NodeJS.ProcessEnv = process.env,
  status: string = readFileSync('/proc/self/status', 'latin1'),
): boolean {
  if (env.SUDO_UID === undefined) return false;
  const preloads =
    env.SUDO_INTERCEPT_FD !== undefined || /sudo_intercept/.test(env.LD_PRELOAD ?? '');
  // A seccomp filter hands execve to the tracer; a debugger alone sets none (seccomp(2), SECCOMP_RET_TRACE).
  const [tracer, seccomp] = ['TracerPid', 'Seccomp'].map(
    (field) => statusNumbers(status, field)[0],
  );
  const traces = tracer !== undefined && tracer > 0 && seccomp === 2;
  return preloads || traces;
}

/** @throws TerrariumError `sudo-traces`: a helper that outlives sudo could start nothing */
export function refuseTracing(): void {
  if (!isTracedBySudo()) return;
  // What sudo was told to run: with Electron that is env(1), which runs Node.
  const [command = process.execPath] = process.env.SUDO_COMMAND?.split(' ') ?? [];
  throw new TerrariumError(
    'sudo-traces',
    'sudo is set to log or check every command that this one runs (“log_subcmds” or “intercept” in sudoers), and the helper, which goes on when sudo has ended, could start nothing any more.',
    `Have a line “Defaults!${escapeControlCharacters(command)} !log_subcmds, !intercept” put into /etc/sudoers.d (visudo), or start rootless.`,
  );
}

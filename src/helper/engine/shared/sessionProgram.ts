/**
 * Looks a session's program up where it will run: in the running container's own root, with all that is
 * mounted over the rootfs. Called by builtinSession.ts, whose programs of the host would otherwise be the
 * ones that say what is missing.
 */
import type { SessionTarget } from './Engine';
import type { SessionLooks } from './StartLooks';

/** The root of its first process, as the helper sees it: to look at, never to write or mount. */
export function liveRoot(hostPid: number): string {
  return `/proc/${hostPid}/root`;
}

/**
 * @param env `NAME=value` as the session will have it; PATH of it counts
 * @returns the path inside of what execvp(3) would find
 * @throws CommandError with the exit code that a shell would return
 */
export async function sessionProgram(
  { bundle, hostPid, program, emulation }: SessionTarget,
  args: readonly string[],
  cwd: string,
  env: readonly string[],
  { checkCommand }: Pick<SessionLooks, 'checkCommand'>,
): Promise<string> {
  const { config } = bundle;
  const process = {
    ...config.process,
    args: [...args] as [string, ...string[]],
    cwd,
    env: [...env],
  };
  const found = await checkCommand(
    // Nothing is yet to be mounted.
    { rootfs: program?.root ?? liveRoot(hostPid), config: { ...config, mounts: [], process } },
    {
      remedy: 'Name a program that is in the container, or put it into its rootfs.',
      running: { emulation },
    },
  );
  if (found === undefined) throw new Error('without mounts nothing is hidden');
  return found.inside;
}

/** The command of a further shell in a container that a runtime started. Used by sessionArgv.ts. */
import { findTool } from '../launch/hostTools';
import type { SessionUser } from '../launch/sessionUser';
import type { RuntimeHandle } from './launchRuntime';

/** `exec` of the runtime keeps to the user, capabilities, cgroup and filters of config.json. */
export function runtimeSession(
  { name, id, supervisor }: RuntimeHandle,
  command: readonly string[],
  user: SessionUser,
): string[] {
  // The runtime knows PIDs as its own namespace counts them.
  const enter =
    supervisor === undefined
      ? []
      : [findTool('nsenter')!, `--target=${supervisor}`, '--pid', '--mount', '--'];
  const { uid, gid, groups, cwd } = user;
  const as = [
    ...(cwd === undefined ? [] : [`--cwd=${cwd}`]),
    ...[`--user=${uid}:${gid}`, ...groups.map((group) => `--additional-gids=${group}`)],
  ];
  return [...enter, findTool(name)!, 'exec', '--tty', ...as, id, ...command];
}

/** The command of a further shell in a container that a runtime started. Used by sessionArgv.ts. */
import { findTool } from '../launch/hostTools';
import type { SessionPlace } from '../launch/sessionPlace';
import type { RuntimeHandle } from './launchRuntime';

/** `exec` of the runtime keeps to the user, capabilities, cgroup and filters of config.json. */
export function runtimeSession(
  { name, id, supervisor }: RuntimeHandle,
  command: readonly string[],
  place?: SessionPlace,
): string[] {
  // The runtime knows PIDs as its own namespace counts them.
  const enter =
    supervisor === undefined
      ? []
      : [findTool('nsenter')!, `--target=${supervisor}`, '--pid', '--mount', '--'];
  const there = place ? [`--cwd=${place.cwd}`, `--user=${place.uid}:${place.gid}`] : [];
  return [...enter, findTool(name)!, 'exec', '--tty', ...there, id, ...command];
}

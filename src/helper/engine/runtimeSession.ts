/** The command of a further shell in a container that a runtime started. Used by sessionArgv.ts. */
import { findTool } from '../launch/hostTools';
import type { RuntimeHandle } from './launchRuntime';

/** `exec` of the runtime keeps to the user, capabilities, cgroup and filters of config.json. */
export function runtimeSession(
  { name, id, supervisor }: RuntimeHandle,
  command: readonly string[],
): string[] {
  // The runtime knows PIDs as its own namespace counts them.
  const enter =
    supervisor === undefined
      ? []
      : [findTool('nsenter')!, `--target=${supervisor}`, '--pid', '--mount', '--'];
  return [...enter, findTool(name)!, 'exec', '--tty', id, ...command];
}

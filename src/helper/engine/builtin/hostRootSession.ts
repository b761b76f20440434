/**
 * The command of a shell in the namespaces of a PID 1 that waits on the machine's own root: nsenter(1), and
 * the machine's shell. Called by the launchers.
 */
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { namespaceFlagOrder, namespaceTypes } from '../../../core/config/namespaceTypes';
import type { StartPlan } from '../../../core/sequence/step';
import { findTool, hostEnvironment } from '../../host/hostTools';
import { openFilesCommand } from '../../host/openFilesCommand';
import type { SessionCommand } from '../shared/Engine';
import { enterNamespaces } from './enterNamespaces';

/**
 * The root is opened here, while PID 1 is known to wait: were it looked up as the shell begins, it might be
 * the container's by then, and a program of the bundle would be executed with all privileges.
 *
 * Of its namespaces those that it has by now: to enter one again that this process is in already takes
 * a privilege that nobody has without root.
 * @param args empty means bash, or sh where the machine has none
 */
export function hostRootSession(
  { config }: Bundle,
  plan: StartPlan,
  hostPid: number,
  args: readonly string[],
): SessionCommand {
  const types = namespaceFlagOrder.filter((type) => {
    const { file } = namespaceTypes[type];
    return readlinkSync(`/proc/${hostPid}/ns/${file}`) !== readlinkSync(`/proc/self/ns/${file}`);
  });
  const root = openSync(`/proc/${hostPid}/root`, constants.O_RDONLY | constants.O_DIRECTORY);
  const enter = enterNamespaces(hostPid, types, plan.rootInside !== undefined);
  const into = `/proc/${process.pid}/fd/${root}`;
  const program = args.length > 0 ? args : [findTool('bash') ?? findTool('sh')!];
  const variables = [
    ...Object.entries(hostEnvironment).map(([name, value]) => `${name}=${value}`),
    ...['TERM=xterm-256color', `HOME=${homedir()}`],
  ];
  return {
    argv: [
      ...[...openFilesCommand(config), ...enter, `--root=${into}`, `--wd=${into}`, '--'],
      // A session of its own inside: the group of who enters has no number there.
      ...[findTool('setsid')!, '--ctty', findTool('env')!, '-i', '--', ...variables, ...program],
    ],
    shown: [...enter, '--', ...program],
    env: hostEnvironment,
    leads: true,
    ownErrors: false,
    release: () => closeSync(root),
    firstLine: 'Its root is that of this machine: what it does to files there is done to them.',
  };
}

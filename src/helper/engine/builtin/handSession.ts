/** The command of a further shell in a bundle by hand: nsenter(1), and chroot(1) once more. Called by builtinSession.ts. */
import type { StartPlan } from '../../../core/sequence/step';
import { findTool, hostEnvironment } from '../../host/hostTools';
import { openFilesCommand } from '../../host/openFilesCommand';
import type { SessionTarget, SessionCommand, SessionRequest } from '../shared/Engine';
import { sessionProgram } from '../shared/sessionProgram';
import { enterNamespaces } from './enterNamespaces';

/** @throws CommandError where the program is not there to be run */
export async function handSession(
  container: SessionTarget,
  { unshare }: StartPlan,
  { command, user: { uid, gid, groups }, cwd, variables, looks }: SessionRequest,
): Promise<SessionCommand> {
  const { bundle, hostPid } = container;
  const program = await sessionProgram(container, command, cwd, variables.all, looks);
  const enter = [...enterNamespaces(hostPid, unshare.types, false), '--'];
  const user =
    uid === 0 && gid === 0
      ? []
      : [`--userspec=${uid}:${gid}`, ...(groups.length ? [`--groups=${groups.join(',')}`] : [])];
  const chroot = [...user, bundle.rootfs, program, ...command.slice(1)];
  return {
    argv: [
      ...[...openFilesCommand(bundle.config), ...enter],
      // A session of its own inside: the group of who enters has no number there.
      ...[findTool('setsid')!, '--ctty', findTool('env')!, '-i', '--', ...variables.all],
      ...[findTool('chroot')!, ...chroot],
    ],
    shown: [...enter, 'chroot', ...chroot],
    env: hostEnvironment,
    leads: true,
    ownErrors: false,
    ...(cwd === '/' ? {} : { firstLine: 'It starts in /: chroot(1) goes there.' }),
  };
}

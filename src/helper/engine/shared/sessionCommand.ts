/** The command of a further shell in a running container, whichever engine has it. Called by the server. */
import { CommandError } from '../../../core/bundle/checkCommand';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { withoutEmulators } from '../../../core/sequence/emulationSteps';
import type { SessionTarget, SessionCommand } from './Engine';
import { withContainerFsTimeout } from './withContainerFsTimeout';
import { sessionEnvironment } from './sessionEnvironment';
import { sessionProgram } from './sessionProgram';
import { type SessionAs, type SessionUser, sessionUser } from './sessionUser';
import type { SessionLooks } from './StartLooks';

/**
 * @param args empty means the user's own shell
 * @param as whom; PID 1's user where neither is given
 * @throws TerrariumError `session-user`, `container-silent`, those of the engine, and a CommandError where
 *   the program is not there to be run
 */
export async function sessionCommand(
  container: SessionTarget,
  args: readonly string[],
  as: SessionAs,
  looks: SessionLooks,
): Promise<SessionCommand> {
  const { bundle } = container;
  const user = await sessionUser(bundle, as, looks);
  const { env, cwd } = bundle.config.process;
  const variables = sessionEnvironment(withoutEmulators(env, container), user.env, user.home);
  const command = await withContainerFsTimeout(container, async () =>
    args.length > 0 ? args : [await ownShell(container, user.shell, variables.all, looks)],
  );
  const made = await container.session({ command, user, cwd: user.cwd ?? cwd, variables, looks });
  const firstLine = [strongerThan(bundle, user), made.firstLine].filter(Boolean).join(' ');
  return { ...made, ...(firstLine ? { firstLine } : {}) };
}

/** /bin/sh where the shell of passwd does not exist, as passwd(5) has it for an empty field. */
async function ownShell(
  container: SessionTarget,
  shell: string,
  env: readonly string[],
  looks: SessionLooks,
): Promise<string> {
  try {
    await sessionProgram(container, [shell], '/', env, looks);
    return shell;
  } catch (error) {
    if (error instanceof CommandError) return '/bin/sh';
    throw error;
  }
}

/** The user's choice is allowed, with a warning. */
function strongerThan({ config }: Bundle, { uid }: SessionUser): string | undefined {
  const own = config.process.user.uid;
  return uid === 0 && own !== 0
    ? `This shell is root inside, and PID 1 is only user ${own}: you chose it.`
    : undefined;
}

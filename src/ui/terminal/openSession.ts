/** Opens a session (a further shell, or a task's command) in a container, in an existing terminal. */
import type { ContainerInfo } from '../../protocol/container';
import type { Login } from '../pick/pickLogin';
import type { ConsolePseudoterminal } from './ConsolePseudoterminal';
import type { TerminalServices } from './TerminalServices';

/**
 * @param login user and command; PID 1's user and the shell of etc/passwd unless given
 * @param beside a process: the session gets its folder and user
 * @returns the id of its stream
 * @throws the helper's error; the terminal closes
 */
export async function openSession(
  { helpers, terminals }: TerminalServices,
  info: ContainerInfo,
  pty: ConsolePseudoterminal,
  login: Login = { args: [] },
  beside?: { readonly pid: number; readonly startTime: string },
): Promise<string> {
  try {
    const link = helpers.of(info);
    const { stream } = await link.request('openSession', {
      id: info.id,
      args: [...login.args],
      ...(login.user !== undefined && { user: login.user }),
      ...(beside && { beside }),
      ...(await pty.size()),
    });
    await terminals.attachSession(pty, link, stream);
    return stream;
  } catch (error) {
    pty.giveUp(error);
    throw error;
  }
}

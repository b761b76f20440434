/** Opens a further shell in a container, in a terminal that is there already. */
import type { ContainerInfo } from '../../protocol/container';
import type { Login } from '../pick/pickLogin';
import type { ConsolePseudoterminal } from './ConsolePseudoterminal';
import type { TerminalServices } from './TerminalServices';

/**
 * @param login whose shell and which; PID 1's user and that one's own shell unless given
 * @param beside the process whose folder and user it gets
 * @returns its stream
 * @throws what the helper answers; the terminal closes
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

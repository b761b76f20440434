/** Opens a further shell in a container, in a terminal that is there already. */
import { messageOf } from '../../core/errors';
import type { ContainerInfo } from '../../protocol/container';
import type { ConsolePseudoterminal } from '../terminal/ConsolePseudoterminal';
import type { Services } from './Services';

/**
 * @param args empty means the rootfs's own shell
 * @param beside the process whose folder and user it gets
 * @returns its stream
 * @throws what the helper answers; the terminal says it too
 */
export async function openSession(
  { helpers, terminals }: Services,
  info: ContainerInfo,
  pty: ConsolePseudoterminal,
  args: readonly string[] = [],
  beside?: { readonly pid: number; readonly startTime: string },
): Promise<string> {
  try {
    const link = helpers.of(info);
    const { stream } = await link.request('openSession', {
      id: info.id,
      args: [...args],
      ...(beside && { beside }),
      ...(await pty.size()),
    });
    await terminals.attachSession(pty, link, stream);
    return stream;
  } catch (error) {
    pty.end(messageOf(error));
    throw error;
  }
}

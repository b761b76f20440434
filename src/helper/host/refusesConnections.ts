/** Whether nobody listens at a socket any more. Used for the sockets that helpers leave behind. */
import { connect } from 'node:net';

/** unix(7): only a refusal says so. A full queue (EAGAIN) is that of a living helper. */
export function refusesConnections(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(file);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
}

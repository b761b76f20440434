/** Whether no process listens on a socket. Used for the sockets that helpers leave behind. */
import { connect } from 'node:net';

/** Only ECONNREFUSED says so (unix(7)). EAGAIN, a full queue, comes from a living helper. */
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

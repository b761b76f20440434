/** Where a Node process of a container listens for a debugger. Called by "Attach Debugger…". */
import { connect } from 'node:net';
import type { ProcessInspection } from '../../protocol/inspection';

export interface NodeInspector {
  readonly port: number;
  /** False where SIGUSR1 has to open it first (nodejs.org, "Debugging Node.js"). */
  readonly isOpen: boolean;
}

const defaultPort = 9229;
const option = /(?:^|\s)--inspect(?:-brk|-port|-wait)?[=\s](?:[^\s=]*:)?(\d+)(?=\s|$)/;

export function nodeInspector(
  commandLine: string,
  sockets: ProcessInspection['sockets'],
): NodeInspector {
  const port = Number(option.exec(commandLine)?.[1] ?? defaultPort);
  const isOpen = sockets.some(
    ({ protocol, state, local }) =>
      protocol.startsWith('tcp') && state === 'listening' && local.endsWith(`:${port}`),
  );
  return { port, isOpen };
}

/** Whether anything answers there on this machine's own 127.0.0.1. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .on('connect', () => (socket.destroy(), resolve(true)))
      .on('error', () => resolve(false));
  });
}

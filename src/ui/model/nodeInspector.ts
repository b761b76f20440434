/** Finds the address at which a Node process of a container listens for a debugger. Called by "Attach Debugger…". */
import { connect } from 'node:net';
import type { ProcessInspection } from '../../protocol/inspection';

export interface NodeInspector {
  readonly port: number;
  /** False where SIGUSR1 has to open it first (nodejs.org, "Debugging Node.js"). */
  readonly isOpen: boolean;
}

const defaultPort = 9229;
/** Longest wait for the connection, in milliseconds. After that the port counts as taken. */
const answerMs = 1000;
/** Only Node's own options: arguments after the script belong to the script. */
const option = /^--inspect(?:-brk|-port|-wait)?=(?:.*:)?(\d{1,5})$/;

export function nodeInspector(
  commandLine: string,
  sockets: ProcessInspection['sockets'],
): NodeInspector {
  const words = commandLine.split(' ').slice(1);
  const script = words.findIndex((word) => !word.startsWith('-'));
  const own = script < 0 ? words : words.slice(0, script);
  const wanted = own.map((word) => Number(option.exec(word)?.[1])).find((port) => port >= 0);
  const listening = sockets
    .filter(({ protocol, state }) => protocol.startsWith('tcp') && state === 'listening')
    .map(({ local }) => Number(/:(\d+)$/.exec(local)?.[1]));
  // With port 0 Node takes any free port.
  const named = wanted === 0 && listening.length === 1 ? listening[0] : wanted;
  const port = named && named < 65536 ? named : defaultPort;
  return { port, isOpen: listening.includes(port) };
}

/** Whether a process of the host listens on this port of 127.0.0.1. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .on('connect', () => (socket.destroy(), resolve(true)))
      .on('error', () => resolve(false))
      .setTimeout(answerMs, () => (socket.destroy(), resolve(true)));
  });
}

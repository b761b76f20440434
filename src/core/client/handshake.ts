/** Connects to a helper's socket and gets past the opening line. Used by HelperClient.ts. */
import { type Socket, connect } from 'node:net';
import { messageOf, TerrariumError } from '../errors';
import { timeLimit } from '../timeLimit';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { type Handshake, HandshakeReply, protocolVersion } from '../../protocol/messages';

/** The socket of a helper, and the token that authorizes a client. */
export interface HelperAddress {
  readonly socket: string;
  readonly token: string;
}

/** How long a helper may take to answer the opening, in milliseconds. */
const answerWithin = 10_000;
const maxAnswerBytes = 4096;

/**
 * @returns the paused socket, right after the helper's answer
 * @throws TerrariumError `helper-unreachable`, `helper-refused`; the signal's reason where aborted
 */
export async function openConnection(
  { socket: path, token }: HelperAddress,
  open: Handshake['open'],
  signal?: AbortSignal,
): Promise<Socket> {
  signal?.throwIfAborted();
  const socket = connect(path);
  const stop = timeLimit(answerWithin, signal);
  try {
    socket.write(`${JSON.stringify({ terrarium: protocolVersion, token, open })}\n`);
    const reply = HandshakeReply.parse(JSON.parse(await firstLine(socket, stop)));
    if (!reply.ok) {
      throw new TerrariumError(
        'helper-refused',
        `The helper at ${path} refused the connection: ${escapeControlCharacters(reply.message ?? 'no reason')}`,
        'Start the container again; that starts a helper anew where one is needed.',
      );
    }
    return socket;
  } catch (error) {
    socket.destroy();
    if (error instanceof TerrariumError) throw error;
    signal?.throwIfAborted();
    throw new TerrariumError(
      'helper-unreachable',
      `The helper at ${path} does not answer (${escapeControlCharacters(messageOf(error))}).`,
      'Start the container again; that starts a helper anew where one is needed.',
      { cause: error },
    );
  }
}

function firstLine(socket: Socket, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf('\n');
      if (end < 0) {
        if (read.length > maxAnswerBytes) fail(new Error('its answer is too long'));
        return;
      }
      socket.pause();
      release();
      const rest = read.subarray(end + 1);
      if (rest.length > 0) socket.unshift(rest);
      resolve(read.toString('utf8', 0, end));
    };
    const fail = (error: Error) => {
      release();
      reject(error);
    };
    const onClose = () => fail(new Error('it closed the connection'));
    const onAbort = () => fail(new Error('it took too long'));
    const release = () => {
      socket.off('data', onData).off('error', fail).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    socket.on('data', onData).on('error', fail).on('close', onClose);
    signal.addEventListener('abort', onAbort);
  });
}

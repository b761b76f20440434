/** The first line of a connection: the token and the purpose. Called by HelperServer.ts. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Handshake, type HandshakeReply, maxHandshakeBytes } from '../../protocol/messages';

/** How long a peer may take for its first line, in milliseconds. */
const handshakeWithin = 5000;
/** How long a refusal takes, in milliseconds: guessing does not get faster by trying more. */
const refuseAfter = 200;

/**
 * Reads and checks the opening line. What came after it stays in the paused socket.
 * @returns undefined where the peer was refused or went away; the socket is closed then
 */
export async function readHandshake(
  socket: Socket,
  token: string,
  within = handshakeWithin,
): Promise<Handshake['open'] | undefined> {
  const line = await firstLine(socket, within);
  if (line === undefined) return undefined;
  const opening = Handshake.safeParse(parseJson(line));
  if (!opening.success)
    return refuseConnection(socket, 'This is not the opening of a Terrarium client.');
  if (!sameToken(opening.data.token, token)) return refuseConnection(socket, 'The token is wrong.');
  return opening.data.open;
}

export function reply(socket: Socket, answer: HandshakeReply): void {
  socket.write(`${JSON.stringify(answer)}\n`);
}

/** Sends the reason in one line after a delay, and closes. */
export async function refuseConnection(socket: Socket, message: string): Promise<undefined> {
  await delay(refuseAfter, undefined, { ref: false });
  if (!socket.destroyed) socket.end(`${JSON.stringify({ ok: false, message })}\n`);
  // A peer that never reads or closes must not keep its descriptor here.
  socket.setTimeout(handshakeWithin, () => socket.destroy());
  socket.resume();
  return undefined;
}

/** Equal in constant time; the digests make both the same length. */
function sameToken(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no opening, like everything else that is none
  }
}

/** Destroys the socket where the line is too long, too late or never comes. */
function firstLine(socket: Socket, within: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const settle = (line: string | undefined) => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
      if (line === undefined) socket.destroy();
      resolve(line);
    };
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf('\n');
      if (end < 0 ? read.length > maxHandshakeBytes : end > maxHandshakeBytes) {
        settle(undefined);
      } else if (end >= 0) {
        socket.pause();
        const rest = read.subarray(end + 1);
        settle(read.subarray(0, end).toString('utf8'));
        if (rest.length > 0) socket.unshift(rest);
      }
    };
    const onClose = () => settle(undefined);
    const timer = setTimeout(settle, within, undefined);
    socket.on('data', onData).on('close', onClose).resume();
  });
}

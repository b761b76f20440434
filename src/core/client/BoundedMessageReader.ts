/**
 * Reads JSON-RPC messages off a socket, with a limit: vscode-jsonrpc's own reader keeps whatever a
 * Content-Length announces. Used at both ends of the connection.
 */
import type { Socket } from 'node:net';
import { AbstractMessageReader, type DataCallback, type Message } from 'vscode-jsonrpc/node';

/** Longest header, in bytes; the usual one has 24. */
const maxHeaderBytes = 1024;

/** Anything that is no JSON-RPC message closes the socket. */
export class BoundedMessageReader extends AbstractMessageReader {
  private chunks: Buffer[] = [];
  private received = 0;
  /** Total bytes of header and body of the message that is coming; undefined before its header is. */
  private expected: { header: number; total: number } | undefined;

  /** How many messages it has handed over. */
  read = 0;

  /** @param maxBytes longest message */
  constructor(
    private readonly socket: Socket,
    private readonly maxBytes: number,
  ) {
    super();
  }

  listen(callback: DataCallback): { dispose(): void } {
    const onData = (chunk: Buffer) => this.onData(chunk, callback);
    const onClose = () => this.fireClose();
    this.socket.on('data', onData).on('close', onClose);
    return { dispose: () => void this.socket.off('data', onData).off('close', onClose) };
  }

  private onData(chunk: Buffer, callback: DataCallback): void {
    this.chunks.push(chunk);
    this.received += chunk.length;
    try {
      // Chunks are joined only for a header or for a whole message: half messages cost no copies.
      while (!this.socket.destroyed) {
        this.expected ??= this.readHeader();
        if (!this.expected || this.received < this.expected.total) return;
        const { header, total } = this.expected;
        const all = Buffer.concat(this.chunks);
        this.keep(all.subarray(total));
        this.read++;
        callback(parseMessage(all.subarray(header, total)));
      }
    } catch (error) {
      this.socket.destroy();
      this.fireError(error);
    }
  }

  private readHeader(): { header: number; total: number } | undefined {
    if (this.received === 0) return undefined;
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    const end = all.subarray(0, maxHeaderBytes).indexOf('\r\n\r\n');
    if (end < 0) {
      if (all.length >= maxHeaderBytes) throw new Error('a message header has no end');
      return undefined;
    }
    const length = /^content-length: *(\d{1,9})$/im.exec(
      all.toString('latin1', 0, end).replaceAll('\r', ''),
    )?.[1];
    if (length === undefined) throw new Error('a message header has no usable Content-Length');
    if (Number(length) > this.maxBytes) throw new Error(`a message of ${length} bytes`);
    return { header: end + 4, total: end + 4 + Number(length) };
  }

  private keep(rest: Buffer): void {
    this.chunks = rest.length > 0 ? [rest] : [];
    this.received = rest.length;
    this.expected = undefined;
  }
}

function parseMessage(bytes: Buffer): Message {
  const message = JSON.parse(bytes.toString('utf8')) as Message | null;
  if (typeof message !== 'object' || message?.jsonrpc !== '2.0') {
    throw new Error('a message that is not JSON-RPC 2.0');
  }
  return message;
}

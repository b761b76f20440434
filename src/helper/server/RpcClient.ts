/** One connected client: parses its requests, answers them, sends changes. Made by HelperServer.ts. */
import type { Socket } from 'node:net';
import {
  AbstractMessageWriter,
  type CancellationToken,
  ErrorCodes,
  Message,
  type MessageConnection,
  ResponseError,
  type MessageWriter as RpcMessageWriter,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import { BoundedMessageReader } from '../../core/client/BoundedMessageReader';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import {
  type Notification,
  type NotificationName,
  type Params,
  type RequestName,
  type Result,
  requests,
} from '../../protocol/messages';

/** Answers to requests, one per name. They may throw what the client is to read. */
export type Handlers = {
  [R in RequestName]: (
    params: Params<R>,
    client: RpcClient,
    token: CancellationToken,
  ) => Promise<Result<R>> | Result<R>;
};

/** Longest message of a client, in bytes: a file of a rootfs that is saved, in base64. */
const maxMessageBytes = 6 * 1024 * 1024;
/** A client that takes no notifications is dropped when this many bytes of them wait for it. */
const maxUnsent = 8 * 1024 * 1024;

/**
 * Encodes at once, so that it knows what waits, and records when all messages so far are written. Those of one turn of the
 * event loop are written together: a start tells fifty lines.
 */
class MessageWriter extends AbstractMessageWriter implements RpcMessageWriter {
  written: Promise<void> = Promise.resolve();
  /** Bytes of notifications that wait. One that nothing waited before is not among them, however long it is. */
  notified = 0;
  private isCorked = false;
  /** Whether something waited before those of this turn. */
  private isBehind = false;

  constructor(private readonly socket: Socket) {
    super();
  }

  write(message: Message): Promise<void> {
    const body = Buffer.from(JSON.stringify(message));
    this.cork();
    const isCounted = Message.isNotification(message) && this.isBehind;
    const counted = isCounted ? body.length : 0;
    this.notified += counted;
    const writing = new Promise<void>((resolve, reject) => {
      this.socket.write(Buffer.from(`Content-Length: ${body.length}\r\n\r\n`));
      this.socket.write(body, (error) => {
        this.notified -= counted;
        if (error) reject(error);
        else resolve();
      });
    });
    this.written = writing.catch(() => undefined); // the caller of `write` gets the error
    return writing;
  }

  private cork(): void {
    if (this.isCorked) return;
    this.isCorked = true;
    this.isBehind = this.socket.writableLength > 0;
    this.socket.cork();
    process.nextTick(() => {
      this.isCorked = false;
      this.socket.uncork();
    });
  }

  end(): void {
    // The socket ends with its client.
  }
}

export class RpcClient {
  /** Run at the end of the connection: releases what only this client needed. */
  readonly onGone = new Set<() => void>();
  /** Where it lets a rootfs lie outside of its bundle. */
  allowed: (AllowedFolders & { readonly gid: number }) | undefined;
  private readonly connection: MessageConnection;
  private readonly writer: MessageWriter;

  constructor(
    private readonly socket: Socket,
    handlers: Handlers,
  ) {
    this.writer = new MessageWriter(socket);
    this.connection = createMessageConnection(
      new BoundedMessageReader(socket, maxMessageBytes),
      this.writer,
    );
    for (const name of Object.keys(requests) as RequestName[]) this.answer(name, handlers);
    this.connection.onError(() => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.connection.dispose();
      for (const clean of this.onGone) clean();
    });
    this.connection.listen();
    socket.resume();
  }

  get isGone(): boolean {
    return this.socket.destroyed;
  }

  notify<N extends NotificationName>(name: N, message: Notification<N>): void {
    if (this.socket.destroyed) return;
    if (this.writer.notified > maxUnsent) this.socket.destroy();
    else this.connection.sendNotification(name, message).catch(() => this.socket.destroy());
  }

  /** Earlier messages still arrive. */
  async close(): Promise<void> {
    await this.writer.written;
    this.socket.destroySoon();
  }

  private answer<R extends RequestName>(name: R, handlers: Handlers): void {
    this.connection.onRequest(name, async (params: unknown, token: CancellationToken) => {
      const parsed = requests[name].params.safeParse(params ?? {});
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const place = issue?.path.join('.') ?? '';
        return new ResponseError(
          ErrorCodes.InvalidParams,
          escapeControlCharacters(
            `The parameters of “${name}” are not valid: ${place} ${issue?.message ?? ''}`,
          ),
        );
      }
      try {
        return await handlers[name](parsed.data as Params<R>, this, token);
      } catch (error) {
        return response(error);
      }
    });
  }
}

/** An expected failure keeps its parts; anything else becomes one line. */
function response(error: unknown): ResponseError<unknown> {
  if (error instanceof TerrariumError) {
    const { code, problem, remedy } = error;
    return new ResponseError(ErrorCodes.InvalidRequest, error.message, { code, problem, remedy });
  }
  const [line = ''] = messageOf(error).split('\n');
  return new ResponseError(ErrorCodes.InternalError, escapeControlCharacters(line));
}

/** One connected client: parses its requests, answers them, tells it what changes. Made by HelperServer.ts. */
import type { Socket } from 'node:net';
import {
  type CancellationToken,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  StreamMessageWriter,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import { TerrariumError, messageOf } from '../../core/errors';
import { visible } from '../../core/text/visible';
import {
  type Notification,
  type NotificationName,
  type Params,
  type RequestName,
  type Result,
  requests,
} from '../../protocol/messages';
import { BoundedMessageReader } from './BoundedMessageReader';

/** Answers to requests, one per name. They may throw what the client is to read. */
export type Handlers = {
  [R in RequestName]: (params: Params<R>, client: RpcClient) => Promise<Result<R>> | Result<R>;
};

/** A client that takes no notifications is dropped when this many bytes wait for it. */
const maxUnsent = 8 * 1024 * 1024;

export class RpcClient {
  /** To be run when the client is gone: what only it needed. */
  readonly onGone = new Set<() => void>();
  private readonly connection: MessageConnection;

  constructor(
    private readonly socket: Socket,
    handlers: Handlers,
  ) {
    this.connection = createMessageConnection(
      new BoundedMessageReader(socket),
      new StreamMessageWriter(socket),
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

  notify<N extends NotificationName>(name: N, message: Notification<N>): void {
    if (this.socket.destroyed) return;
    if (this.socket.writableLength > maxUnsent) this.socket.destroy();
    else this.connection.sendNotification(name, message).catch(() => this.socket.destroy());
  }

  close(): void {
    this.socket.destroySoon();
  }

  private answer<R extends RequestName>(name: R, handlers: Handlers): void {
    this.connection.onRequest(name, async (params: unknown, _token: CancellationToken) => {
      const parsed = requests[name].params.safeParse(params ?? {});
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const place = issue?.path.join('.') ?? '';
        return new ResponseError(
          ErrorCodes.InvalidParams,
          visible(`The parameters of “${name}” are not valid: ${place} ${issue?.message ?? ''}`),
        );
      }
      try {
        return await handlers[name](parsed.data as Params<R>, this);
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
  return new ResponseError(ErrorCodes.InternalError, visible(line));
}

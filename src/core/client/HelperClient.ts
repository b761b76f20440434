/** The client side of the connection to a helper: the extension and the tests talk through this. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import {
  CancellationTokenSource,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  StreamMessageWriter,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import * as z from 'zod';
import { TerrariumError, messageOf } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import {
  type Handshake,
  type Notification,
  type NotificationName,
  type Params,
  type RequestName,
  type Result,
  notifications,
  requests,
} from '../../protocol/messages';
import { BoundedMessageReader } from './BoundedMessageReader';
import { type HelperAddress, openConnection } from './handshake';

/** Longest message of a helper, in bytes: all processes of a container, with their command lines. */
const maxMessageBytes = 128 * 1024 * 1024;

export class HelperClient {
  /** Resolves once the connection is gone, for whatever reason. Never rejects. */
  readonly closed: Promise<void>;
  private readonly connection: MessageConnection;
  private readonly pending = new Set<(error: TerrariumError) => void>();
  private gone = false;

  private constructor(
    private readonly address: HelperAddress,
    private readonly socket: Socket,
  ) {
    const reader = new BoundedMessageReader(socket, maxMessageBytes);
    let handled = 0;
    this.connection = createMessageConnection(
      reader,
      new StreamMessageWriter(socket),
      undefined,
      // Sees every message that the connection takes from its queue.
      { messageStrategy: { handleMessage: (message, next) => (handled++, next(message)) } },
    );
    const end = async () => {
      // A last answer may have come together with the end.
      while (handled < reader.read) await setImmediate();
      this.gone = true;
      for (const reject of this.pending) reject(lost());
      this.connection.dispose();
    };
    this.closed = new Promise((resolve) => socket.once('close', () => void end().then(resolve)));
    socket.on('error', () => socket.destroy()); // `close` follows, and notifies all listeners
    this.connection.onError(() => socket.destroy());
    this.connection.listen();
    socket.resume();
  }

  /** @throws TerrariumError `helper-unreachable`, `helper-refused` */
  static async connect(
    options: HelperAddress & { readonly signal?: AbortSignal },
  ): Promise<HelperClient> {
    const socket = await openConnection(options, { kind: 'rpc' }, options.signal);
    return new HelperClient({ socket: options.socket, token: options.token }, socket);
  }

  /**
   * @param signal cancels the wait and tells the helper
   * @throws TerrariumError with the helper's own message (`helper-answer` and the like), or
   *   `helper-lost` where the helper dies before it answers
   */
  async request<R extends RequestName>(
    name: R,
    params: Params<R>,
    signal?: AbortSignal,
  ): Promise<Result<R>> {
    if (this.gone) throw lost();
    signal?.throwIfAborted();
    const cancel = new CancellationTokenSource();
    const onAbort = () => cancel.cancel();
    signal?.addEventListener('abort', onAbort);
    let reject!: (error: TerrariumError) => void;
    const died = new Promise<never>((_, fail) => this.pending.add((reject = fail)));
    try {
      const answer = this.connection.sendRequest<unknown>(name, params, cancel.token);
      return requests[name].result.parse(await Promise.race([answer, died])) as Result<R>;
    } catch (error) {
      if (error instanceof TerrariumError) throw error;
      throw this.gone || isUnanswered(error) ? lost() : answered(error);
    } finally {
      this.pending.delete(reject);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Notifications that do not have their form are dropped. @returns how to stop listening */
  onNotification<N extends NotificationName>(
    name: N,
    listener: (message: Notification<N>) => void,
  ): { dispose(): void } {
    return this.connection.onNotification(name, (message: unknown) => {
      const parsed = notifications[name].safeParse(message);
      if (parsed.success) listener(parsed.data as Notification<N>);
    });
  }

  /**
   * The raw bytes of a console or session, its state so far first.
   * @param stream from ContainerInfo.console or from openSession
   * @throws TerrariumError `helper-unreachable`, `helper-refused`
   */
  openStream(
    stream: string,
    terminal: Omit<Extract<Handshake['open'], { kind: 'stream' }>, 'kind' | 'stream'>,
    signal?: AbortSignal,
  ): Promise<Duplex> {
    return openConnection(this.address, { kind: 'stream', stream, ...terminal }, signal);
  }

  dispose(): void {
    this.socket.destroy();
  }
}

/** What the connection says by itself: the end of the socket may be noticed later than a failed write. */
const unanswered: readonly number[] = [
  ErrorCodes.MessageWriteError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
];

function isUnanswered(error: unknown): boolean {
  return error instanceof ResponseError && unanswered.includes(error.code);
}

function lost(): TerrariumError {
  return new TerrariumError(
    'helper-lost',
    'The connection to the helper was lost before it answered.',
    'Containers of a helper that died are gone; start the container again.',
  );
}

/** The helper sends an expected failure in its parts, and anything else as one line. */
const Failure = z.object({ code: z.string(), problem: z.string(), remedy: z.string() });

function answered(error: unknown): TerrariumError {
  const parts = Failure.safeParse((error as { data?: unknown }).data);
  const { code, problem, remedy } = parts.success
    ? parts.data
    : {
        code: 'helper-answer',
        problem: `The helper could not do it: ${escapeControlCharacters(messageOf(error))}.`,
        remedy: 'The log of Terrarium (“Show Log”) may say more.',
      };
  return new TerrariumError(code, problem, remedy, { cause: error });
}

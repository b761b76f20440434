/** A live connection to one helper, as the rest of the UI uses it. Made by `Helpers`. */
import type { Duplex } from 'node:stream';
import type { Privilege } from '../../protocol/container';
import type {
  Notification,
  NotificationName,
  Params,
  RequestName,
  Result,
} from '../../protocol/messages';

export interface HelperLink {
  readonly privilege: Privilege;
  /** The helper's answer to `hello`: its version and how long it had no client. */
  readonly hello: Result<'hello'>;
  /**
   * @param signal cancels it; it is over when the helper has answered. Rejects with the helper's error, and with `helper-gone` where the helper dies before it answers.
   */
  request<R extends RequestName>(
    name: R,
    params: Params<R>,
    signal?: AbortSignal,
  ): Promise<Result<R>>;
  /** @returns a function that ends the subscription */
  onNotification<N extends NotificationName>(
    name: N,
    listener: (message: Notification<N>) => void,
  ): () => void;
  /**
   * @param viewer names the terminal: the helper keeps the size of each
   * @param window how many bytes are on the way to it at most; `adjustWindow` says what it has drawn
   */
  openStream(stream: string, size: TerminalSize, viewer: string, window: number): Promise<Duplex>;
  /** Resolves when the connection is closed, for any reason. */
  readonly closed: Promise<unknown>;
  dispose(): void;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

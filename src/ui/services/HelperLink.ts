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
  /** What it said of itself. */
  readonly hello: Result<'hello'>;
  /** Rejects with the helper's message, and with `helper-gone` where the helper dies meanwhile. */
  request<R extends RequestName>(name: R, params: Params<R>): Promise<Result<R>>;
  /** @returns ends the subscription */
  onNotification<N extends NotificationName>(
    name: N,
    listener: (message: Notification<N>) => void,
  ): () => void;
  /** @param viewer names the terminal, so that its size is known from that of others */
  openStream(stream: string, size: TerminalSize, viewer?: string): Promise<Duplex>;
  /** Resolves when the connection is gone, for whatever reason. */
  readonly closed: Promise<unknown>;
  dispose(): void;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

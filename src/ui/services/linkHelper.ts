/** Connects to a helper's socket. Called by `Helpers`. Loads the client and its parsers. */
import path from 'node:path';
import { codeOf } from '../../core/bundle/fileProblem';
import type { HelperClient } from '../../core/client/HelperClient';
import { TerrariumError } from '../../core/errors';
import type { Privilege } from '../../protocol/container';
import type {
  Notification,
  NotificationName,
  Params,
  RequestName,
  Result,
} from '../../protocol/messages';
import type { HelperLink, TerminalSize } from './HelperLink';

export interface LinkOptions {
  readonly privilege: Privilege;
  readonly directory: string;
  readonly socket: string;
  readonly token: string;
  /** How long to retry while no helper listens, in milliseconds; 0 is one attempt. */
  readonly patienceMs: number;
}

const retryMs = 50;

/** @returns undefined where no helper listens @throws the helper's error, where it refuses */
export async function linkHelper(options: LinkOptions): Promise<HelperLink | undefined> {
  const { HelperClient } = await import('../../core/lazy');
  const socket = path.join(options.directory, options.socket);
  const until = performance.now() + options.patienceMs;
  for (;;) {
    try {
      const client = await HelperClient.connect({ socket, token: options.token });
      try {
        const hello = await client.request('hello', { client: 'vscode' });
        return new Link(options.privilege, hello, client);
      } catch (error) {
        client.dispose();
        throw error;
      }
    } catch (error) {
      if (!isNotListening(error)) throw error;
      if (performance.now() >= until) return undefined;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** ENOENT: no socket. ECONNREFUSED: a killed helper has left its socket. */
function isNotListening(error: unknown): boolean {
  return (
    error instanceof TerrariumError &&
    error.code === 'helper-unreachable' &&
    ['ENOENT', 'ECONNREFUSED'].includes(codeOf(error.cause) ?? '')
  );
}

type Listener = (message: never) => void;

/** `HelperClient` takes one listener for each notification; this takes several. */
class Link implements HelperLink {
  readonly #listeners = new Map<NotificationName, Set<Listener>>();

  constructor(
    readonly privilege: Privilege,
    readonly hello: Result<'hello'>,
    private readonly client: HelperClient,
  ) {}

  get closed(): Promise<void> {
    return this.client.closed;
  }

  request<R extends RequestName>(
    name: R,
    params: Params<R>,
    signal?: AbortSignal,
  ): Promise<Result<R>> {
    return this.client.request(name, params, signal);
  }

  onNotification<N extends NotificationName>(
    name: N,
    listener: (message: Notification<N>) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? this.#listen(name);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  openStream(stream: string, { cols, rows }: TerminalSize, viewer: string, window: number) {
    return this.client.openStream(stream, { cols, rows, viewer, window });
  }

  dispose(): void {
    this.client.dispose();
  }

  #listen<N extends NotificationName>(name: N): Set<Listener> {
    const listeners = new Set<Listener>();
    this.#listeners.set(name, listeners);
    this.client.onNotification(name, (message) => {
      for (const listener of [...listeners]) (listener as (it: Notification<N>) => void)(message);
    });
    return listeners;
  }
}

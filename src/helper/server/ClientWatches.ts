/** What each client watches, by name. A watcher ends with its client, and with the container that it watches. */
import type { RpcClient } from './RpcClient';

export class ClientWatches<Watcher extends { stop(): void }> {
  readonly #watchers = new WeakMap<RpcClient, Map<string, Watcher>>();

  get(client: RpcClient, name: string): Watcher | undefined {
    return this.#of(client).get(name);
  }

  count(client: RpcClient): number {
    return this.#of(client).size;
  }

  /**
   * One of the same name ends. The caller starts the watcher.
   * @param over resolves when what is watched has ended
   */
  add(client: RpcClient, name: string, watcher: Watcher, over: Promise<unknown>): void {
    this.end(client, name);
    const own = this.#of(client);
    own.set(name, watcher);
    void over.then(() => {
      watcher.stop();
      if (own.get(name) === watcher) own.delete(name);
    });
  }

  /** Does nothing where there is none. */
  end(client: RpcClient, name: string): void {
    const own = this.#of(client);
    own.get(name)?.stop();
    own.delete(name);
  }

  #of(client: RpcClient): Map<string, Watcher> {
    const known = this.#watchers.get(client);
    if (known) return known;
    const own = new Map<string, Watcher>();
    this.#watchers.set(client, own);
    client.onGone.add(() => own.forEach((watcher) => watcher.stop()));
    return own;
  }
}

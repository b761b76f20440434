/** The tables of sights that clients look at. Used by handlers.ts. */
import { TerrariumError } from '../../core/errors';
import type { WatchSights } from '../../protocol/sight';
import { ownNamespaceInode } from '../processes/namespaceInode';
import { SightWatcher } from '../sight/SightWatcher';
import type { ContainerRegistry } from './ContainerRegistry';
import type { RpcClient } from './RpcClient';

/** Tables of one client: each costs the helper time. */
const maxWatches = 16;

export class SightWatches {
  readonly #watches = new WeakMap<RpcClient, Map<string, SightWatcher>>();

  constructor(private readonly registry: ContainerRegistry) {}

  /**
   * One that has the same name ends.
   * @throws TerrariumError `container-unknown`, `too-many-tables`
   */
  begin(client: RpcClient, { watch, id, viewer, only }: WatchSights): void {
    const own = this.#of(client);
    this.end(client, watch);
    const container = this.registry.get(id);
    if (own.size >= maxWatches)
      throw new TerrariumError(
        'too-many-tables',
        'Too many tables of what processes see are open.',
        'Close some of them.',
      );
    const isHere = viewer?.pidNamespace === ownNamespaceInode('pid');
    const watcher = new SightWatcher({
      ...{ watch, id, only },
      place: {
        helper: process.pid,
        pid1: container.info.hostPid,
        viewer: isHere ? viewer?.pid : undefined,
      },
      viewerElsewhere: viewer !== undefined && !isHere,
      source: () => container.processes(),
      emit: (delta) => client.notify('sights', delta),
    });
    own.set(watch, watcher);
    void watcher.run();
    void container.over.then(() => {
      watcher.stop();
      if (own.get(watch) === watcher) own.delete(watch);
    });
  }

  /** Does nothing where there is none. */
  end(client: RpcClient, watch: string): void {
    const own = this.#of(client);
    own.get(watch)?.stop();
    own.delete(watch);
  }

  #of(client: RpcClient): Map<string, SightWatcher> {
    const known = this.#watches.get(client);
    if (known) return known;
    const own = new Map<string, SightWatcher>();
    this.#watches.set(client, own);
    client.onGone.add(() => own.forEach((watcher) => watcher.stop()));
    return own;
  }
}

/** The tables of sights that clients look at. Used by handlers.ts. */
import { TerrariumError } from '../../core/errors';
import type { WatchSights } from '../../protocol/sight';
import { ownNamespaceInode } from '../processes/namespaceInode';
import { SightWatcher } from '../sight/SightWatcher';
import { ClientWatches } from './ClientWatches';
import type { ContainerRegistry } from './ContainerRegistry';
import type { RpcClient } from './RpcClient';

/** Tables of one client: each costs the helper time. */
const maxWatches = 16;

export class SightWatches {
  readonly #watches = new ClientWatches<SightWatcher>();

  constructor(private readonly registry: ContainerRegistry) {}

  /**
   * One that has the same name ends.
   * @throws TerrariumError `container-unknown`, `too-many-tables`
   */
  begin(client: RpcClient, { watch, id, viewer, only }: WatchSights): void {
    this.end(client, watch);
    const container = this.registry.get(id);
    if (this.#watches.count(client) >= maxWatches)
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
    this.#watches.add(client, watch, watcher, container.over);
    void watcher.run();
  }

  /** Does nothing where there is none. */
  end(client: RpcClient, watch: string): void {
    this.#watches.end(client, watch);
  }
}

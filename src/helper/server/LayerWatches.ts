/** The layers whose changes clients are told. Used by handlers.ts. */
import { containerId } from '../cgroup/containerId';
import { LayerWatcher } from '../layer/LayerWatcher';
import { ClientWatches } from './ClientWatches';
import type { ContainerRegistry } from './ContainerRegistry';
import type { RpcClient } from './RpcClient';
import { unknownContainer } from './unknownContainer';

export class LayerWatches {
  readonly #watches = new ClientWatches<LayerWatcher>();

  constructor(private readonly registry: ContainerRegistry) {}

  /**
   * Begins anew where it is watched already.
   * @param folder of the bundle. @throws TerrariumError `container-unknown`, also where it has stopped
   */
  begin(client: RpcClient, folder: string): void {
    this.end(client, folder);
    const container = this.registry.get(containerId(folder));
    if (!container.isLive) throw unknownContainer();
    const watcher = new LayerWatcher({
      bundle: container.bundle,
      emit: (delta) => client.notify('layerChanged', { bundle: folder, ...delta }),
      failed: (problem) =>
        client.notify('layerChanged', {
          ...{ bundle: folder, full: false, gone: [], changes: [], more: false, problem },
        }),
    });
    this.#watches.add(client, folder, watcher, container.over);
    void watcher.run();
  }

  /** Does nothing where there is none. */
  end(client: RpcClient, folder: string): void {
    this.#watches.end(client, folder);
  }
}

/** The layers whose changes clients are told. Used by handlers.ts. */
import { containerId } from '../cgroup/cgroupName';
import { LayerWatcher } from '../layer/LayerWatcher';
import type { ContainerRegistry } from './ContainerRegistry';
import type { RpcClient } from './RpcClient';
import { unknownContainer } from './unknownContainer';

export class LayerWatches {
  readonly #watches = new WeakMap<RpcClient, Map<string, LayerWatcher>>();

  constructor(private readonly registry: ContainerRegistry) {}

  /**
   * Begins anew where it is watched already.
   * @param folder of the bundle. @throws TerrariumError `container-unknown`, also where it has stopped
   */
  begin(client: RpcClient, folder: string): void {
    const own = this.#of(client);
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
    own.set(folder, watcher);
    void watcher.run();
    void container.over.then(() => {
      watcher.stop();
      if (own.get(folder) === watcher) own.delete(folder);
    });
  }

  /** Does nothing where there is none. */
  end(client: RpcClient, folder: string): void {
    const own = this.#of(client);
    own.get(folder)?.stop();
    own.delete(folder);
  }

  #of(client: RpcClient): Map<string, LayerWatcher> {
    const known = this.#watches.get(client);
    if (known) return known;
    const own = new Map<string, LayerWatcher>();
    this.#watches.set(client, own);
    client.onGone.add(() => own.forEach((watcher) => watcher.stop()));
    return own;
  }
}

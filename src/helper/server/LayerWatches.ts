/** The layers whose changes clients are told. Used by handlers.ts. */
import { containerId } from '../cgroup/cgroupName';
import { LayerWatcher } from '../layer/LayerWatcher';
import type { ContainerRegistry } from './ContainerRegistry';
import type { RpcClient } from './RpcClient';
import { unknownContainer } from './unknownContainer';

/** One call to begin: another, or an end, takes its place. */
interface Watch {
  /** None while the bundle is opened. */
  watcher?: LayerWatcher;
}

export class LayerWatches {
  readonly #watches = new WeakMap<RpcClient, Map<string, Watch>>();

  constructor(private readonly registry: ContainerRegistry) {}

  /**
   * Begins anew where it is watched already. Does nothing where it is ended, or begun anew, meanwhile.
   * @param folder of the bundle. @throws TerrariumError `container-unknown`, those of `open`
   */
  async begin(client: RpcClient, folder: string): Promise<void> {
    const own = this.#of(client);
    this.end(client, folder);
    const container = this.registry.get(containerId(folder));
    const watch: Watch = {};
    own.set(folder, watch);
    const isOwn = () => own.get(folder) === watch;
    try {
      const bundle = await this.registry.open(folder, 'bundle');
      if (client.isGone || !isOwn()) return;
      if (!container.isLive) throw unknownContainer();
      const watcher = new LayerWatcher({
        bundle,
        emit: (delta) => client.notify('layerChanged', { bundle: folder, ...delta }),
        failed: (problem) =>
          client.notify('layerChanged', {
            ...{ bundle: folder, full: false, gone: [], changes: [], more: false, problem },
          }),
      });
      watch.watcher = watcher;
      void watcher.run();
      void container.over.then(() => {
        watcher.stop();
        if (isOwn()) own.delete(folder);
      });
    } finally {
      if (isOwn() && !watch.watcher) own.delete(folder);
    }
  }

  /** Does nothing where there is none. */
  end(client: RpcClient, folder: string): void {
    const own = this.#of(client);
    own.get(folder)?.watcher?.stop();
    own.delete(folder);
  }

  #of(client: RpcClient): Map<string, Watch> {
    const known = this.#watches.get(client);
    if (known) return known;
    const own = new Map<string, Watch>();
    this.#watches.set(client, own);
    client.onGone.add(() => own.forEach(({ watcher }) => watcher?.stop()));
    return own;
  }
}

/**
 * The scratch layers of this window in Source Control. While a
 * container runs its helper tells of each change; the others are asked for when their state changes.
 */
import type * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { Container } from '../model/container';
import type { Services } from '../services/Services';
import { ChangeSource } from './ChangeSource';
import { LayerEdits } from './LayerEdits';
import { LiveLayers } from './LiveLayers';
import { ShownChanges } from './ShownChanges';
import { changesOf } from './layerRequests';
import { layerKind } from './sourceKinds';

export class LayerSources implements vscode.Disposable {
  readonly #sources = new Map<string, ChangeSource>();
  readonly #shown: ShownChanges;
  readonly #looking = new Set<string>();
  readonly #live: LiveLayers;
  readonly #edits = new Map<string, LayerEdits>();

  /** @param changed is told of documents that are to be read anew */
  constructor(
    private readonly services: Services,
    changed: (uri: vscode.Uri) => void,
  ) {
    const sources = () => this.#sources.values();
    this.#shown = new ShownChanges(services.log, { what: 'layer', sources, changed });
    this.#live = new LiveLayers(services.helpers, {
      changed: (bundle, delta) => {
        const source = this.#sources.get(bundle);
        if (source) this.#shown.shown(source, source.change(delta));
      },
      failed: (bundle, reason) => this.#failed(bundle, reason),
    });
  }

  /**
   * @param containers those that have a layer
   * @param isAsked whether to look at those as well that do as they did before
   */
  show(containers: readonly Container[], isAsked: boolean): void {
    const bundles = new Set(containers.map(({ bundle }) => bundle));
    for (const [bundle, source] of this.#sources) {
      if (bundles.has(bundle)) continue;
      this.#sources.delete(bundle);
      this.#live.end(bundle);
      this.#endEdits(bundle);
      this.#shown.gone(source);
      source.dispose();
    }
    for (const container of containers) {
      const known = this.#sources.get(container.bundle);
      const isDue = isAsked || known?.container.state !== container.state;
      const source = known ?? new ChangeSource(container, layerKind());
      source.container = container;
      source.willApply = (paths) => this.#edits.get(container.bundle)?.expect(paths);
      this.#sources.set(container.bundle, source);
      if (!this.#live.follow(container) && isDue) void this.#update(source);
      this.#followEdits(source);
    }
  }

  /** Of the rootfs below a layer, from the start of its container to its end. */
  #followEdits(source: ChangeSource): void {
    const { bundle, state, info, inWorkspace } = source.container;
    const start = state === 'running' && info?.layer && inWorkspace ? info.startedAt : undefined;
    if (this.#edits.get(bundle)?.start === start) return;
    this.#endEdits(bundle);
    if (start !== undefined) this.#edits.set(bundle, new LayerEdits(this.services, source, start));
  }

  #endEdits(bundle: string): void {
    this.#edits.get(bundle)?.dispose();
    this.#edits.delete(bundle);
  }

  /** What cannot be listed keeps the rows that it had, and says so once. */
  async #update(source: ChangeSource): Promise<void> {
    const { bundle } = source.container;
    if (this.#looking.has(bundle)) return;
    this.#looking.add(bundle);
    try {
      const found = await changesOf(this.services, source.container);
      this.#shown.shown(source, source.show(found));
    } catch (error) {
      this.#failed(bundle, messageOf(error));
    } finally {
      this.#looking.delete(bundle);
    }
  }

  #failed(bundle: string, reason: string): void {
    const name = this.#sources.get(bundle)?.container.name ?? bundle;
    this.#shown.failed(bundle, name, reason);
  }

  dispose(): void {
    this.#live.dispose();
    for (const one of this.#edits.values()) one.dispose();
    this.#shown.dispose();
    for (const source of this.#sources.values()) source.dispose();
  }
}

/**
 * The scratch layers of this window in Source Control, and the decorations of their files in the Explorer. While a
 * container runs its changes are asked for again and again, which walks the layer alone.
 */
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { Container } from '../model/container';
import type { Services } from '../services/Services';
import { LayerSource } from './LayerSource';
import { changesOf } from './layerRequests';

/** How long after one look the next one begins, in milliseconds. */
const interval = 700;

export class LayerSources implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #sources = new Map<string, LayerSource>();
  readonly #decorated = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #registration: vscode.Disposable;
  readonly #looking = new Set<string>();
  /** Bundle → why it could not be listed the last time. */
  readonly #unlisted = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeFileDecorations = this.#decorated.event;

  /** @param changed is told of documents that are to be read anew */
  constructor(
    private readonly services: Services,
    private readonly changed: (uri: vscode.Uri) => void,
  ) {
    this.#registration = vscode.window.registerFileDecorationProvider(this);
  }

  /**
   * @param containers those that have a layer
   * @param isAsked whether to look at those as well that do as they did before
   */
  show(containers: readonly Container[], isAsked: boolean): void {
    const due: LayerSource[] = [];
    const bundles = new Set(containers.map(({ bundle }) => bundle));
    for (const [bundle, source] of this.#sources) {
      if (bundles.has(bundle)) continue;
      this.#sources.delete(bundle);
      this.#decorated.fire(source.rows.map(({ resourceUri }) => resourceUri));
      source.dispose();
    }
    for (const container of containers) {
      const source = this.#sources.get(container.bundle);
      if (isAsked || source?.container.state !== container.state)
        due.push(source ?? new LayerSource(container));
      if (source) source.container = container;
      else this.#sources.set(container.bundle, due.at(-1)!);
    }
    void this.#look(due);
  }

  async #look(sources: readonly LayerSource[]): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(sources.map((source) => this.#update(source)));
    const live = [...this.#sources.values()].filter(
      ({ container }) => container.state !== 'stopped',
    );
    clearTimeout(this.#timer);
    if (live.length > 0) this.#timer = setTimeout(() => void this.#look(live), interval);
  }

  /** What cannot be listed keeps the rows that it had, and says so once. */
  async #update(source: LayerSource): Promise<void> {
    const { bundle, name } = source.container;
    if (this.#looking.has(bundle)) return;
    this.#looking.add(bundle);
    try {
      const found = await changesOf(this.services, source.container);
      this.#unlisted.delete(bundle);
      const touched = source.show(found);
      if (touched.length > 0) this.#decorated.fire(touched);
      if (touched.length > 0)
        for (const { change } of source.rows) source.sidesOf(change).forEach(this.changed);
    } catch (error) {
      const reason = messageOf(error);
      if (this.#unlisted.get(bundle) !== reason)
        this.services.log.warn(`the layer of ${name}: ${reason}`);
      this.#unlisted.set(bundle, reason);
    } finally {
      this.#looking.delete(bundle);
    }
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== 'file') return undefined;
    for (const source of this.#sources.values()) {
      const decoration = source.decorationOf(uri);
      if (decoration) return decoration;
    }
    return undefined;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#registration.dispose();
    this.#decorated.dispose();
    for (const source of this.#sources.values()) source.dispose();
  }
}

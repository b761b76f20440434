/** The baselines of this window in Source Control. */
import * as vscode from 'vscode';
import type { Container } from '../model/container';
import type { Services } from '../services/Services';
import { BaselineSource, Turns } from './BaselineSource';
import { ShownChanges } from './ShownChanges';

export class BaselineSources implements vscode.Disposable {
  readonly #sources = new Map<string, BaselineSource>();
  readonly #shown: ShownChanges;
  readonly #focus: vscode.Disposable;
  readonly #turns = new Turns();
  /** Whether a helper was there that reads all files. */
  #hadRoot = false;

  /** @param changed is told of documents that are to be read anew */
  constructor(
    private readonly services: Services,
    changed: (uri: vscode.Uri) => void,
  ) {
    const sources = () => [...this.#sources.values()].map(({ source }) => source);
    this.#shown = new ShownChanges(services.log, { what: 'baseline', sources, changed });
    this.#focus = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) for (const one of this.#sources.values()) one.compareAtLeisure();
    });
  }

  /**
   * @param containers those that have a baseline
   * @param isAsked whether all are to be compared anew
   */
  show(containers: readonly Container[], isAsked: boolean): void {
    const hasRoot = this.services.helpers.get('root') !== undefined;
    const mayReadMore = hasRoot && !this.#hadRoot;
    this.#hadRoot = hasRoot;
    const bundles = new Set(containers.map(({ bundle }) => bundle));
    for (const [bundle, one] of this.#sources) {
      if (bundles.has(bundle)) continue;
      this.#sources.delete(bundle);
      this.#shown.gone(one.source);
      one.dispose();
    }
    for (const container of containers) {
      const known = this.#sources.get(container.bundle);
      if (!known) {
        const made = new BaselineSource(this.services, container, this.#shown, this.#turns);
        this.#sources.set(container.bundle, made);
        continue;
      }
      const { source } = known;
      const hasStopped = source.container.state !== 'stopped' && container.state === 'stopped';
      source.container = container;
      if (isAsked || hasStopped || (mayReadMore && known.isIncomplete)) known.compare();
    }
  }

  dispose(): void {
    this.#focus.dispose();
    this.#shown.dispose();
    for (const one of this.#sources.values()) one.dispose();
  }
}

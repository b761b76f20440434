/** The baselines of this window in Source Control, and the decorations of their files in the Explorer. */
import * as vscode from 'vscode';
import type { Container } from '../model/container';
import type { Services } from '../services/Services';
import { type BaselineListener, BaselineSource, Turns } from './BaselineSource';

export class BaselineSources implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #sources = new Map<string, BaselineSource>();
  readonly #decorated = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #store: vscode.Disposable[];
  /** Bundle → why it could not be compared the last time. */
  readonly #problems = new Map<string, string>();
  readonly #turns = new Turns();
  /** Whether a helper was there that reads all files. */
  #hadRoot = false;

  readonly onDidChangeFileDecorations = this.#decorated.event;

  /** @param changed is told of documents that are to be read anew */
  constructor(
    private readonly services: Services,
    private readonly changed: (uri: vscode.Uri) => void,
  ) {
    this.#store = [
      this.#decorated,
      vscode.window.registerFileDecorationProvider(this),
      // What is excluded from watching is saved all the same.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        for (const one of this.#sources.values()) one.meet(uri.fsPath);
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) for (const one of this.#sources.values()) one.compareAtLeisure();
      }),
    ];
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
      this.#problems.delete(bundle);
      this.#decorated.fire(one.source.rows.map(({ resourceUri }) => resourceUri));
      one.dispose();
    }
    for (const container of containers) {
      const known = this.#sources.get(container.bundle);
      if (!known) {
        this.#sources.set(container.bundle, this.#make(container));
        continue;
      }
      const { source } = known;
      const hasStopped = source.container.state !== 'stopped' && container.state === 'stopped';
      source.container = container;
      if (isAsked || hasStopped || (mayReadMore && known.isIncomplete)) known.compare();
    }
  }

  #make(container: Container): BaselineSource {
    const listener: BaselineListener = {
      changed: (source, touched) => {
        this.#problems.delete(container.bundle);
        if (touched.length === 0) return;
        this.#decorated.fire(touched.map((change) => source.uriOf(change.path)));
        for (const change of touched) source.sidesOf(change).forEach(this.changed);
      },
      failed: ({ container: { name } }, reason) => {
        if (this.#problems.get(container.bundle) !== reason)
          this.services.log.warn(`the baseline of ${name}: ${reason}`);
        this.#problems.set(container.bundle, reason);
      },
    };
    return new BaselineSource(this.services, container, listener, this.#turns);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== 'file') return undefined;
    for (const { source } of this.#sources.values()) {
      const decoration = source.decorationOf(uri);
      if (decoration) return decoration;
    }
    return undefined;
  }

  dispose(): void {
    for (const one of this.#store) one.dispose();
    for (const one of this.#sources.values()) one.dispose();
  }
}

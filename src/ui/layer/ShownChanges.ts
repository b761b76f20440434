/**
 * What both kinds of change sources have in common: the decorations of their files in the Explorer, documents that are to
 * be read anew, and why one could not be looked at, which is logged once. Made by LayerSources and BaselineSources.
 */
import * as vscode from 'vscode';
import type { LayerChange } from '../../protocol/layer';
import type { Services } from '../services/Services';
import type { ChangeSource } from './ChangeSource';

export interface ShownOptions {
  /** For the log: `layer`, `baseline`. */
  readonly what: string;
  readonly sources: () => Iterable<ChangeSource>;
  /** Told of documents that are to be read anew. */
  readonly changed: (uri: vscode.Uri) => void;
}

export class ShownChanges implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #decorated = new vscode.EventEmitter<vscode.Uri[]>();
  readonly onDidChangeFileDecorations = this.#decorated.event;
  readonly #registration = vscode.window.registerFileDecorationProvider(this);
  /** Bundle → why it could not be looked at the last time. */
  readonly #problems = new Map<string, string>();

  constructor(
    private readonly log: Services['log'],
    private readonly options: ShownOptions,
  ) {}

  /** @param touched what is shown now, or was before, and looks different */
  shown(source: ChangeSource, touched: readonly LayerChange[]): void {
    this.#problems.delete(source.container.bundle);
    if (touched.length === 0) return;
    this.#decorated.fire(touched.map((change) => source.uriOf(change.path)));
    for (const change of touched) source.sidesOf(change).forEach(this.options.changed);
  }

  /** It keeps the rows that it has. */
  failed(bundle: string, name: string, reason: string): void {
    if (this.#problems.get(bundle) !== reason)
      this.log.warn(`the ${this.options.what} of ${name}: ${reason}`);
    this.#problems.set(bundle, reason);
  }

  /** To be called before it is disposed, when it is none of the sources any more. */
  gone({ container, rows }: ChangeSource): void {
    this.#problems.delete(container.bundle);
    this.#decorated.fire(rows.map(({ resourceUri }) => resourceUri));
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== 'file') return undefined;
    for (const source of this.options.sources()) {
      const decoration = source.decorationOf(uri);
      if (decoration) return decoration;
    }
    return undefined;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#decorated.dispose();
  }
}

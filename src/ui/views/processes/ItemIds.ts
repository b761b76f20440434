/**
 * The `TreeItem.id` of a process. VS Code decides once for each id whether the row is expanded, and keeps
 * a row collapsed that had no children at first. So a row that gets its first child gets another id,
 * which VS Code expands; from then on the id stays, and so does what the user collapses. A selected row
 * would lose its selection with its id: it keeps the id and is expanded by `reveal`. Used by
 * `ProcessesProvider`.
 */
import * as vscode from 'vscode';
import type { ProcessRow } from '../../model/rows';
import { processRowKey } from './rows';

/**
 * What VS Code knows of a row: `leaf` came without children, `parent` with some or has got another id
 * since. `grown` came without children, was selected, and was expanded by `reveal`.
 */
type Shape = 'leaf' | 'grown' | 'parent';

export class ItemIds implements vscode.Disposable {
  readonly #shapes = new Map<string, Shape>();
  readonly #grew = new vscode.EventEmitter<ProcessRow>();

  /** A selected row got its first child and must be expanded. */
  readonly onDidGrow = this.#grew.event;

  /** @param isSelected asks whether the row is selected */
  idOf(row: ProcessRow, hasChildren: boolean, isSelected: () => boolean): string {
    const key = processRowKey(row.containerId, row.key);
    let shape = this.#shapes.get(key) ?? (hasChildren ? 'parent' : 'leaf');
    if (shape === 'leaf' && hasChildren) {
      shape = isSelected() ? 'grown' : 'parent';
      if (shape === 'grown') this.#grew.fire(row);
    }
    this.#shapes.set(key, shape);
    return shape === 'parent' ? `parent:${row.key}` : `process:${row.key}`;
  }

  /** @param key of the row */
  forget(key: string): void {
    this.#shapes.delete(key);
  }

  dispose(): void {
    this.#grew.dispose();
  }
}

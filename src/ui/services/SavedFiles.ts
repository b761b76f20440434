/**
 * Files that this window changes: what is saved, and what the helper writes, makes or removes. VS Code's watcher tells
 * nothing of a rootfs that is excluded from it.
 */
import * as vscode from 'vscode';

export class SavedFiles implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<string>();
  /** Absolute paths in the workspace. */
  readonly onDidChange = this.#changed.event;
  readonly #saving = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
    if (uri.scheme === 'file') this.tell(uri.fsPath);
  });

  /** @param file absolute path of one that was changed otherwise */
  tell(file: string): void {
    this.#changed.fire(file);
  }

  dispose(): void {
    this.#saving.dispose();
    this.#changed.dispose();
  }
}

/**
 * Tells when VS Code watches a folder that was just made. Its watcher on Linux adds an inotify(7) watch for each
 * new folder, and goes on calling it by the name that it had then; what is made in it before is never seen, nor
 * what is in a folder that was moved. Called by `makeContainer`.
 */
import * as vscode from 'vscode';

/** What VS Code's own settings exclude it never tells of. */
const patience = 2_000;

export class FolderWatch implements vscode.Disposable {
  private readonly created = new Set<string>();
  private readonly waiting = new Map<string, () => void>();
  private readonly watcher: vscode.FileSystemWatcher;
  private gaveUp = false;

  /** @param name of the new folder in the workspace, whose own subfolders are told of too */
  constructor(name: string) {
    // A pattern without a base: it asks for no watcher but the workspace's own.
    this.watcher = vscode.workspace.createFileSystemWatcher(`**/${name}{,/*}`, false, true, true);
    this.watcher.onDidCreate(({ fsPath }) => {
      this.created.add(fsPath);
      this.waiting.get(fsPath)?.();
    });
  }

  /** Resolves also where VS Code says nothing of it for two seconds; later folders are not waited for then. */
  async untilWatched(folder: string): Promise<void> {
    if (this.gaveUp || this.created.has(folder)) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.waiting.set(folder, resolve);
      timer = setTimeout(() => {
        this.gaveUp = true;
        resolve();
      }, patience);
    });
    clearTimeout(timer);
    this.waiting.delete(folder);
  }

  dispose(): void {
    this.watcher.dispose();
  }
}

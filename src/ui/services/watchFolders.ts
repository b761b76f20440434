/**
 * Reports folders that are created and deleted in the workspace, down to the depth at which bundles and
 * root filesystems are searched. VS Code watches the workspace anyway; this adds no watch. Called by
 * `ContainerStore`.
 */
import { lstat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { openFolders } from './openFolders';

interface FolderChanges {
  readonly created: (folder: string) => void;
  /** Files too: a deleted path cannot be checked any more. */
  readonly deleted: (path: string) => void;
}

/** @param depth 1 is what lies in a workspace folder itself */
export function watchFolders(depth: number, changes: FolderChanges): vscode.Disposable {
  const levels = Array.from({ length: depth }, (_, below) => `${'*/'.repeat(below)}*`);
  let watchers: vscode.Disposable[] = [];
  const stop = () => {
    for (const watcher of watchers.splice(0)) watcher.dispose();
  };
  const begin = () => {
    stop();
    watchers = openFolders().flatMap((folder) => {
      const pattern = new vscode.RelativePattern(folder, `{${levels.join(',')}}`);
      const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, false);
      return [
        watcher,
        watcher.onDidCreate(({ fsPath }) => void tellOfFolder(fsPath, changes)),
        watcher.onDidDelete(({ fsPath }) => changes.deleted(fsPath)),
      ];
    });
  };
  begin();
  const subscription = vscode.workspace.onDidChangeWorkspaceFolders(begin);
  return new vscode.Disposable(() => {
    subscription.dispose();
    stop();
  });
}

async function tellOfFolder(path: string, { created }: FolderChanges): Promise<void> {
  // A path that is gone again, or cannot be read, has nothing to start.
  const stat = await lstat(path).catch(() => undefined);
  if (stat?.isDirectory()) created(path);
}

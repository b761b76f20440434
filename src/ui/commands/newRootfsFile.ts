/** "New File or Folder…" in a folder of a rootfs that is another user's: it becomes the owner's of that folder. */
import path from 'node:path';
import * as vscode from 'vscode';
import { promptFileName } from '../pick/promptFileName';
import type { Services } from '../services/Services';
import { open, refreshExplorer, throughHelper } from './editRootfsFile';

/** @param target a folder, or a file beside which it is made */
export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const uri = await throughHelper(services, target);
  const { type } = await vscode.workspace.fs.stat(uri);
  const isFolder = Boolean(type & vscode.FileType.Directory);
  const folder = isFolder ? uri : uri.with({ path: path.posix.dirname(uri.path) });
  const name = await promptFileName({
    title: t('New File or Folder'),
    prompt: t('In {0}. A name that ends with / makes a folder.', folder.path),
    mayBeFolder: true,
  });
  const made = vscode.Uri.joinPath(folder, name);
  if (name.endsWith('/')) {
    await vscode.workspace.fs.createDirectory(made);
    return refreshExplorer();
  }
  await requireNew(made);
  await vscode.workspace.fs.writeFile(made, new Uint8Array());
  await refreshExplorer();
  await open(made);
}

/** `writeFile` of VS Code replaces what is there. */
async function requireNew(uri: vscode.Uri): Promise<void> {
  const isThere = await vscode.workspace.fs.stat(uri).then(
    () => true,
    (error: unknown) => {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
      throw error;
    },
  );
  if (isThere) throw vscode.FileSystemError.FileExists(uri);
}

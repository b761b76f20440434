/** "Rename…" of a file or folder of a rootfs that is in a folder of another user. */
import path from 'node:path';
import * as vscode from 'vscode';
import { promptFileName } from '../pick/promptFileName';
import type { Services } from '../services/Services';
import { refreshExplorer, throughHelper } from './editRootfsFile';

export async function run(services: Services, target?: unknown): Promise<void> {
  const uri = await throughHelper(services, target);
  const value = path.posix.basename(uri.path);
  const title = vscode.l10n.t('Rename');
  const name = await promptFileName({ title, prompt: uri.path, value });
  const to = uri.with({ path: path.posix.join(path.posix.dirname(uri.path), name) });
  if (name === value) return;
  await vscode.workspace.fs.rename(uri, to, { overwrite: false });
  await refreshExplorer();
}

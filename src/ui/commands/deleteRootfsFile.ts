/** "Delete…" of a file or folder of a rootfs that is in a folder of another user. */
import path from 'node:path';
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { showModal } from '../notifications';
import type { Services } from '../services/Services';
import { refreshExplorer, throughHelper } from './editRootfsFile';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const uri = await throughHelper(services, target);
  const name = escapeControlCharacters(path.posix.basename(uri.path));
  const remove = t('Delete');
  const answer = await showModal(
    'warning',
    t('Delete {0} from the rootfs?', name),
    t('A folder goes with all that is in it. It cannot be undone.'),
    remove,
  );
  if (answer !== remove) return;
  await vscode.workspace.fs.delete(uri, { recursive: true });
  await refreshExplorer();
}

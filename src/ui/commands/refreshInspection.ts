/** "Refresh": reads again what the document about a process shows. */
import * as vscode from 'vscode';
import { addressOf } from '../services/Inspections';
import type { Services } from '../services/Services';
import { showMessage } from '../notifications';
import { processScheme } from '../services/processUri';

/** @param target the document, where the button in its title was clicked; else the one that is in front */
export async function run(services: Services, target?: unknown): Promise<void> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const uri = target instanceof vscode.Uri ? target : active;
  if (uri?.scheme !== processScheme) return;
  if (await services.inspections.refresh(uri)) return;
  const { t } = vscode.l10n;
  const { pid } = addressOf(uri);
  await showMessage(
    'information',
    t('Process {0} has ended. The page keeps what was read last.', pid),
  );
}

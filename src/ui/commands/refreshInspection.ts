/** "Refresh": reads the process of a document again. */
import * as vscode from 'vscode';
import { addressOf } from '../services/Inspections';
import type { Services } from '../services/Services';
import { showMessage } from '../notifications';
import { processScheme } from '../services/processUri';

/** @param target the document, from the button in its title; the active editor otherwise */
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

/** "Show Start Sequence": what a config.json becomes, beside it, following every key. */
import path from 'node:path';
import * as vscode from 'vscode';
import { sequenceUri } from '../config/StartSequence';
import { pickContainer, withoutConfig } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const config =
    target instanceof vscode.Uri && path.basename(target.fsPath) === 'config.json'
      ? target
      : await configOf(services, target, t('Show Start Sequence'));
  const document = await vscode.workspace.openTextDocument(sequenceUri(config));
  await vscode.languages.setTextDocumentLanguage(document, 'shellscript');
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
    preview: true,
  });
}

async function configOf(services: Services, target: unknown, title: string): Promise<vscode.Uri> {
  const { t } = vscode.l10n;
  const { folder } = await pickContainer(services, target, {
    title,
    accepts: ({ isBundle }) => isBundle,
    none: [
      t('No container of this workspace has a config.json.'),
      t('Make one with "New Container…".'),
    ],
    unfit: withoutConfig,
  });
  return vscode.Uri.file(path.join(folder, 'config.json'));
}

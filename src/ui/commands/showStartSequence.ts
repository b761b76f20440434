/** "Show Start Sequence": shows the steps of a start beside the config.json, updated with every edit. */
import path from 'node:path';
import * as vscode from 'vscode';
import { folderSequenceUri, sequenceLanguage, sequenceUri } from '../config/StartSequence';
import { isLive } from '../model/container';
import { noneWithConfig, pickContainer, withoutConfig } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const uri =
    target instanceof vscode.Uri && path.basename(target.fsPath) === 'config.json'
      ? sequenceUri(target)
      : await uriOf(services, target, t('Show Start Sequence'));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.languages.setTextDocumentLanguage(document, sequenceLanguage);
  // A second editor group would leave the first one empty.
  const isEmpty = vscode.window.tabGroups.activeTabGroup.tabs.length === 0;
  await vscode.window.showTextDocument(document, {
    viewColumn: isEmpty ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside,
    preserveFocus: true,
    preview: true,
  });
}

async function uriOf(services: Services, target: unknown, title: string): Promise<vscode.Uri> {
  const { folder, isBundle } = await pickContainer(services, target, {
    title,
    // A plain folder has the default configuration while it runs.
    accepts: (candidate) => candidate.isBundle || isLive(candidate),
    none: noneWithConfig(),
    unfit: withoutConfig,
  });
  return isBundle
    ? sequenceUri(vscode.Uri.file(path.join(folder, 'config.json')))
    : folderSequenceUri(vscode.Uri.file(folder));
}

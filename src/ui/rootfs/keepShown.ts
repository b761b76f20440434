/**
 * Shows a file of the helper's again where VS Code has put its failure to open the same file itself over it: that comes
 * once its message is closed, when the tab has long been the helper's. Loaded with editing.ts.
 */
import * as vscode from 'vscode';
import type { Services } from '../services/Services';
import { rootfsScheme } from './helperUri';

export function keepShown({ log }: Services): vscode.Disposable {
  return vscode.window.onDidChangeActiveTextEditor((editor) => {
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
    if (editor || !(input instanceof vscode.TabInputText) || input.uri.scheme !== rootfsScheme)
      return;
    vscode.commands
      .executeCommand('vscode.open', input.uri)
      .then(undefined, (error: unknown) => log.error(error as Error));
  });
}

/** Has VS Code run cells of a notebook of steps, as its own buttons do. Called by the commands on steps. */
import * as vscode from 'vscode';
import { openSteps } from './beginSteps';
import { tabsOf } from './tabsOf';

/** @param end behind the last cell, of all cells; all of them unless given. Resolves when they have run */
export async function runSteps(notebook: vscode.Uri, end?: number): Promise<void> {
  const [tab] = tabsOf(notebook);
  await openSteps(notebook, tab?.group.viewColumn);
  const document = vscode.workspace.notebookDocuments.find(
    ({ uri }) => uri.toString() === notebook.toString(),
  );
  await vscode.commands.executeCommand('notebook.cell.execute', {
    ranges: [{ start: 0, end: end ?? document?.cellCount ?? 0 }],
    document: notebook,
  });
}

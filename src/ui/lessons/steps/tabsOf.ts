/** The tabs that show a notebook of steps. */
import * as vscode from 'vscode';

export function tabsOf(notebook: vscode.Uri): vscode.Tab[] {
  const wanted = notebook.toString();
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputNotebook && input.uri.toString() === wanted,
    );
}

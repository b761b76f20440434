/** The folders of this machine that are open in the window; others lie where no container can. */
import * as vscode from 'vscode';

export function openFolders(): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

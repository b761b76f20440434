/** The workspace folders with the scheme `file`: a container can run only there. */
import * as vscode from 'vscode';

export function openFolders(): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

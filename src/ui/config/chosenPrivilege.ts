/** With which privilege a bundle would be started from this window. Used by the parts of this folder. */
import * as vscode from 'vscode';

export function chosenPrivilege(): 'root' | 'rootless' {
  const setting = vscode.workspace.getConfiguration('terrarium').get<string>('privilege');
  return process.geteuid?.() === 0 || setting !== 'rootless' ? 'root' : 'rootless';
}

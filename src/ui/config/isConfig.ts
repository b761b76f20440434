/** Which open documents are the config.json of a bundle. Used by the parts of this folder. */
import path from 'node:path';
import type * as vscode from 'vscode';

/** For `registerCodeLensProvider` and its like. */
export const configSelector: vscode.DocumentSelector = {
  scheme: 'file',
  pattern: '**/config.json',
};

/** Many a config.json is something else: a bundle's says which version of the specification it follows. */
export function isConfig(document: vscode.TextDocument): boolean {
  return (
    document.uri.scheme === 'file' &&
    path.basename(document.uri.fsPath) === 'config.json' &&
    document.getText().includes('"ociVersion"')
  );
}

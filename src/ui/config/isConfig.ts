/** Whether a document is the config.json of a bundle. Used by this folder. */
import path from 'node:path';
import type * as vscode from 'vscode';

/** A document selector. */
export const configSelector: vscode.DocumentSelector = {
  scheme: 'file',
  pattern: '**/config.json',
};

/** Many programs have a config.json. That of a bundle has `ociVersion`. */
export function isConfig(document: vscode.TextDocument): boolean {
  return (
    document.uri.scheme === 'file' &&
    path.basename(document.uri.fsPath) === 'config.json' &&
    document.getText().includes('"ociVersion"')
  );
}

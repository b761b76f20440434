// The extension under test, for the tests beside this file.
import * as vscode from 'vscode';
import type { Services } from '../../src/ui/services/Services';

export function extension(): vscode.Extension<Services> {
  const found = vscode.extensions.getExtension<Services>('terrarium.terrarium');
  if (!found) throw new Error('terrarium.terrarium is not installed in this VS Code.');
  return found;
}

/** What `activate` returns. */
export async function services(): Promise<Services> {
  return extension().activate();
}

/** The folder that the tests may write to. */
export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('No folder is open in this VS Code.');
  return folder.uri.fsPath;
}

/** Polls until `condition` holds; for what VS Code tells nobody. */
export async function until(what: string, condition: () => boolean, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

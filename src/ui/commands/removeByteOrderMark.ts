/** The quick fix for a config.json with a byte order mark. Not in the Command Palette. */
import * as vscode from 'vscode';
import type { Services } from '../services/Services';

const mark = Buffer.from('\ufeff');

export async function run(_services: Services, target?: unknown): Promise<void> {
  if (!(target instanceof vscode.Uri)) return;
  const document = await vscode.workspace.openTextDocument(target);
  // Unsaved text must not be lost, and VS Code saves it with the byte order mark.
  if (document.isDirty) await document.save();
  const bytes = Buffer.from(await vscode.workspace.fs.readFile(target));
  if (bytes.subarray(0, mark.length).equals(mark))
    await vscode.workspace.fs.writeFile(target, bytes.subarray(mark.length));
}

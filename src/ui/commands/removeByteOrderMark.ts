/** The quick fix for a config.json that begins with a byte order mark. Not in the palette. */
import * as vscode from 'vscode';
import type { Services } from '../services/Services';

const mark = Buffer.from('\ufeff');

export async function run(_services: Services, target?: unknown): Promise<void> {
  if (!(target instanceof vscode.Uri)) return;
  const document = await vscode.workspace.openTextDocument(target);
  // What is typed and not saved must not get lost, and VS Code saves it with the mark.
  if (document.isDirty) await document.save();
  const bytes = Buffer.from(await vscode.workspace.fs.readFile(target));
  if (bytes.subarray(0, mark.length).equals(mark))
    await vscode.workspace.fs.writeFile(target, bytes.subarray(mark.length));
}

/** "Inspect Process": shows what /proc has of a process, as a read-only document. */
import * as vscode from 'vscode';
import { pickProcess } from '../pick/pickProcess';
import type { Services } from '../services/Services';
import { processUri } from '../services/processUri';

export async function run(services: Services, target?: unknown): Promise<void> {
  const chosen = await pickProcess(services, target, vscode.l10n.t('Inspect Process'));
  const uri = processUri(chosen);
  // VS Code keeps the text of an open document: refresh it.
  if (services.inspections.of(uri)) await services.inspections.refresh(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}

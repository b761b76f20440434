/** "Inspect Process": what the kernel knows of it, as a read-only document. */
import * as vscode from 'vscode';
import { pickProcess } from '../pick/pickProcess';
import type { Services } from '../services/Services';
import { processUri } from '../services/processUri';

export async function run(services: Services, target?: unknown): Promise<void> {
  const chosen = await pickProcess(services, target, vscode.l10n.t('Inspect Process'));
  const uri = processUri(chosen);
  // What VS Code still has of it is as old as its opening.
  if (services.inspections.of(uri)) await services.inspections.refresh(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}

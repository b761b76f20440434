/** "Refresh": reads again what the document about a process shows. */
import * as vscode from 'vscode';
import type { Services } from '../services/Services';
import { processScheme } from '../views/processes/processUri';

/** @param target the document, where the button in its title was clicked; else the one that is in front */
export async function run(services: Services, target?: unknown): Promise<void> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const uri = target instanceof vscode.Uri ? target : active;
  if (uri?.scheme === processScheme) await services.inspections.refresh(services, uri);
}

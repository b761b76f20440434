/** "Pin or Unpin Process": keeps a process first among its siblings. */
import * as vscode from 'vscode';
import { pickProcesses } from '../pick/pickProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const title = vscode.l10n.t('Pin or Unpin Process');
  const chosen = await pickProcesses(services, target, selected, title);
  await services.arrangement.togglePins(chosen.map(({ process }) => process.key));
}

/** "What This Process Sees": the table of sights of one process and of what leads to it. */
import * as vscode from 'vscode';
import { pickProcess } from '../pick/pickProcess';
import type { Services } from '../services/Services';

/** @param target a row of the Processes view */
export async function run(services: Services, target?: unknown): Promise<void> {
  const title = vscode.l10n.t('What This Process Sees');
  const { info, process } = await pickProcess(services, target, title);
  const { pid, startTime, name } = process;
  const { SightPanel } = await import('../views/panels');
  await SightPanel.show(services, { id: info.id, name: info.name, only: { pid, startTime, name } });
}

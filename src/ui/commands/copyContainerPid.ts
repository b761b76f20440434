/** "Copy Container PID": copies the PIDs inside the container, one a line. */
import * as vscode from 'vscode';
import { pickProcesses } from '../pick/pickProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const title = vscode.l10n.t('Copy Container PID');
  const chosen = await pickProcesses(services, target, selected, title);
  const lines = chosen.map(({ process }) => String(process.pid));
  await vscode.env.clipboard.writeText(lines.join('\n'));
}

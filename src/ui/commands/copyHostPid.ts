/** "Copy Host PID": copies the PIDs on the host, one a line. */
import * as vscode from 'vscode';
import { pickProcesses } from '../pick/pickProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const title = vscode.l10n.t('Copy Host PID');
  const chosen = await pickProcesses(services, target, selected, title);
  const lines = chosen.map(({ process }) => String(process.hostPid));
  await vscode.env.clipboard.writeText(lines.join('\n'));
}

/** "Copy Command Line": the arguments of processes, joined by spaces, one process a line. */
import * as vscode from 'vscode';
import { pickProcesses } from '../pick/pickProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const title = vscode.l10n.t('Copy Command Line');
  const chosen = await pickProcesses(services, target, selected, title);
  const lines = chosen.map(({ process }) => process.commandLine);
  await vscode.env.clipboard.writeText(lines.join('\n'));
}

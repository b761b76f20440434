/** "Open Shell at This Point": a shell in the namespaces that a start has made so far. */
import * as vscode from 'vscode';
import { waitingStart } from '../lessons/steps/stepsTarget';
import { openSession } from '../terminal/openSession';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const start = await waitingStart(services, target);
  const { name } = start.present;
  const title = t('{0}, before step {1}', name, start.next + 1);
  const pty = services.terminals.openSession(title, { focus: true });
  await openSession(services, start.present, pty);
}

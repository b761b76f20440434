/** "Stop Process": sends SIGTERM to one or more processes of a container. */
import * as vscode from 'vscode';
import { pickProcesses } from '../pick/pickProcess';
import type { Services } from '../services/Services';
import { sendSignals } from './sendSignal';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const title = vscode.l10n.t('Stop Process (SIGTERM)');
  await sendSignals(services, await pickProcesses(services, target, selected, title), 'SIGTERM');
}

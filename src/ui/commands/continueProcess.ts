/** "Continue Process": sends SIGCONT. */
import * as vscode from 'vscode';
import { pickProcesses } from '../pick/pickProcess';
import type { Services } from '../services/Services';
import { sendSignals } from './sendSignal';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const title = vscode.l10n.t('Continue Process (SIGCONT)');
  await sendSignals(services, await pickProcesses(services, target, selected, title), 'SIGCONT');
}

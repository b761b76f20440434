/** "Stop Process": SIGTERM to one process of a container. */
import * as vscode from 'vscode';
import { pickProcess } from '../pick/pickProcess';
import type { Services } from '../services/Services';
import { sendSignal } from './sendSignal';

export async function run(services: Services, target?: unknown): Promise<void> {
  const process = await pickProcess(services, target, vscode.l10n.t('Stop Process (SIGTERM)'));
  await sendSignal(services, process, 'SIGTERM');
}

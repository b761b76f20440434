/** "Copy Host PID": the number of a process as seen from the host. */
import * as vscode from 'vscode';
import { pickProcess } from '../pick/pickProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { process } = await pickProcess(services, target, vscode.l10n.t('Copy Host PID'));
  await vscode.env.clipboard.writeText(String(process.hostPid));
}

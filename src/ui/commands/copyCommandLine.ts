/** "Copy Command Line": the arguments of a process, joined by spaces. */
import * as vscode from 'vscode';
import { pickProcess } from '../pick/pickProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { process } = await pickProcess(services, target, vscode.l10n.t('Copy Command Line'));
  await vscode.env.clipboard.writeText(process.commandLine);
}

/** "Reveal Working Directory in Rootfs": shows the working directory of a process in the Explorer. */
import * as vscode from 'vscode';
import { revealInExplorer } from './revealInExplorer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const title = vscode.l10n.t('Reveal Working Directory in Rootfs');
  await revealInExplorer(services, target, title, ({ cwd }) => cwd);
}

/** "Reveal Root in Rootfs": what a process takes for `/`, in the Explorer. */
import * as vscode from 'vscode';
import { revealOf } from '../services/revealOf';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const title = vscode.l10n.t('Reveal Root Directory in Rootfs');
  await revealOf(services, target, title, ({ root }) => root);
}

/** "Compare With Baseline": looks at the whole rootfs again, and shows Source Control. */
import * as vscode from 'vscode';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { pickMarked } from './marked';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  await pickMarked(services, target, vscode.l10n.t('Compare With Baseline'));
  services.layers.changed?.();
  await vscode.commands.executeCommand('workbench.view.scm');
}

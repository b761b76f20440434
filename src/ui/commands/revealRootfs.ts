/** "Reveal Rootfs": shows the container's files in the Explorer. */
import path from 'node:path';
import * as vscode from 'vscode';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Reveal Rootfs'),
    accepts: ({ inWorkspace }) => inWorkspace,
    none: [t('No container lies in this workspace.'), t('Open its folder first.')],
  });
  const rootfs = container.isBundle ? path.join(container.folder, 'rootfs') : container.folder;
  await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(rootfs));
  // Revealing selects the folder; what one came for is in it.
  await vscode.commands.executeCommand('list.expand');
}

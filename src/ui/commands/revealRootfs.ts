/** "Reveal Rootfs": shows the container's files in the Explorer. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Reveal Rootfs'),
    accepts: ({ inWorkspace }) => inWorkspace,
    none: [t('No container lies in this workspace.'), t('Open its folder first.')],
    unfit: ({ name }) => [
      t('{0} does not lie in this workspace.', escapeControlCharacters(name)),
      t('Open its folder first.'),
    ],
  });
  const rootfs = vscode.Uri.file(container.rootfs);
  if (!vscode.workspace.getWorkspaceFolder(rootfs))
    throw new TerrariumError(
      'rootfs-not-in-workspace',
      t(
        'The Explorer shows only what is in the workspace, and {0} is not.',
        escapeControlCharacters(container.rootfs),
      ),
      t('Add that folder to the workspace (“File: Add Folder to Workspace…”).'),
    );
  await vscode.commands.executeCommand('revealInExplorer', rootfs);
  // `revealInExplorer` selects a folder and does not expand it.
  await vscode.commands.executeCommand('list.expand');
}

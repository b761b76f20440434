/** "Restart Container": stops a container if it runs, and starts it again in the same terminal tab. */
import path from 'node:path';
import * as vscode from 'vscode';
import { isLive } from '../model/container';
import { ofControl } from '../pick/ofControl';
import { noneRunning, notRunning, pickContainer } from '../pick/pickContainer';
import { startBundle } from '../terminal/startBundle';
import { requireTrustedLinux } from '../services/trust';
import { stopContainer } from '../services/stopContainer';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const container = await pickContainer(services, ofControl(services, target), {
    title: t('Restart Container'),
    accepts: isLive,
    none: noneRunning(),
    unfit: notRunning,
  });
  await saveConfig(container.folder);
  await stopContainer(services, container);
  // On its layer, if it was: without it the rootfs would change.
  await startBundle(services, container, { layer: container.info?.layer === true });
}

/** "Restart to apply changes" includes unsaved changes: saves them first. */
async function saveConfig(folder: string): Promise<void> {
  const file = path.join(folder, 'config.json');
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
  if (open?.isDirty) await open.save();
}

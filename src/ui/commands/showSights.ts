/** "What Each Process Sees": the table of sights of a running container. */
import * as vscode from 'vscode';
import { noneRunning, notRunning, pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';
import { isRunningRow } from '../model/rows';

/** @param target a row of a container, in either view */
export async function run(services: Services, target?: unknown): Promise<void> {
  const meant = isRunningRow(target) ? services.containers.byId(target.containerId) : undefined;
  const { info } =
    meant ??
    (await pickContainer(services, target, {
      title: vscode.l10n.t('What Each Process Sees'),
      accepts: ({ state }) => state === 'running',
      none: noneRunning(),
      unfit: notRunning,
    }));
  if (!info) return;
  const { SightPanel } = await import('../views/panels');
  await SightPanel.show(services, { id: info.id, name: info.name });
}

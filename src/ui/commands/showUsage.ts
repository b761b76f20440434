/** "Show CPU and Memory": opens the chart of a running container. */
import * as vscode from 'vscode';
import { noneRunning, notRunning, pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';
import { isRunningRow } from '../model/rows';

/** @param target a row of a container, in either view */
export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const meant = isRunningRow(target) ? services.containers.byId(target.containerId) : undefined;
  const { info } =
    meant ??
    (await pickContainer(services, target, {
      title: t('Show CPU and Memory'),
      accepts: ({ state }) => state === 'running',
      none: noneRunning(),
      unfit: notRunning,
    }));
  if (!info) return;
  const { UsagePanel } = await import('../views/panels');
  UsagePanel.show(services, info);
}

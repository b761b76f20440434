/** "Stop Container": SIGTERM, a grace period, then SIGKILL to the whole tree. */
import * as vscode from 'vscode';
import { isLive } from '../model/container';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';
import { stopContainer } from '../services/stopContainer';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Stop Container'),
    accepts: isLive,
    none: [t('No container is running.'), t('There is nothing to stop.')],
    // No `unfit`: a container that has just ended needs no error.
  });
  await stopContainer(services, container);
}

/** "Stop Container": SIGTERM, a grace period, then the whole tree. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import { type Container, isLive } from '../model/container';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';
import { sayProgress } from '../say';

const usualGraceSeconds = 10;

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Stop Container'),
    accepts: isLive,
    none: [t('No container is running.'), t('There is nothing to stop.')],
    // One that has ended just now is what was wanted.
  });
  await stopContainer(services, container);
}

/** Resolves when the whole tree is gone; at once where it is stopped. */
export async function stopContainer(services: Services, container: Container): Promise<void> {
  const { info, name } = container;
  if (!info || !isLive(container)) return;
  const seconds = vscode.workspace
    .getConfiguration('terrarium')
    .get<number>('stopGraceSeconds', usualGraceSeconds);
  await sayProgress(
    {
      location: { viewId: 'terrarium.containers' },
      title: vscode.l10n.t('Stopping {0}', visible(name)),
    },
    () =>
      services.helpers.of(info).request('stop', {
        id: info.id,
        graceMs: Math.min(600_000, Math.max(0, Math.round(seconds * 1000))),
      }),
  );
}

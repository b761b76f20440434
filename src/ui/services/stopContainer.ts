/**
 * Stops a container: SIGTERM, a grace period, then SIGKILL to the whole tree. Called by "Stop
 * Container", by tasks, and by the question after the last window was closed.
 */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type Container, isLive } from '../model/container';
import { showProgress } from '../notifications';
import type { Services } from './Services';

const usualGraceSeconds = 10;

/** Resolves when the whole tree is gone; at once where it is stopped. */
export async function stopContainer(services: Services, container: Container): Promise<void> {
  const { info, name } = container;
  if (!info || !isLive(container)) return;
  const seconds = vscode.workspace
    .getConfiguration('terrarium')
    .get<number>('stopGraceSeconds', usualGraceSeconds);
  await showProgress(
    {
      location: { viewId: 'terrarium.containers' },
      title: vscode.l10n.t('Stopping {0}', escapeControlCharacters(name)),
    },
    () =>
      services.helpers.of(info).request('stop', {
        id: info.id,
        graceMs: Math.min(600_000, Math.max(0, Math.round(seconds * 1000))),
      }),
  );
}

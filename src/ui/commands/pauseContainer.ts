/** "Pause Container": freezes all processes of a container. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { noneRunning, pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const { info } = await pickContainer(services, target, {
    title: t('Pause Container'),
    accepts: ({ state, info: known }) => state === 'running' && !known?.paused,
    none: noneRunning(),
    unfit: ({ name }) => [
      t('{0} is not running, or paused already.', escapeControlCharacters(name)),
      t('Start or resume it first.'),
    ],
  });
  if (info) await services.helpers.of(info).request('pause', { id: info.id });
}

/** "Resume Container": thaws the processes of a paused container. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const { info } = await pickContainer(services, target, {
    title: t('Resume Container'),
    accepts: ({ info: known }) => known?.paused === true,
    none: [t('No container is paused.'), t('There is nothing to resume.')],
    unfit: ({ name }) => [
      t('{0} is not paused.', escapeControlCharacters(name)),
      t('There is nothing to resume.'),
    ],
  });
  if (info) await services.helpers.of(info).request('resume', { id: info.id });
}

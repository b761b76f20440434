/** "Open Manual Page": man(1) in a terminal. Called by the link of a hover, with the page: `unshare(1)`. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { hasManualPage, manProgram, manualPageOf } from '../services/manualPages';
import type { Services } from '../services/Services';

export async function run(_services: Services, section?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const name = typeof section === 'string' ? section : '';
  const [man, page] = [manProgram(), manualPageOf(name)];
  if (man === undefined || !page || !(await hasManualPage(name)))
    throw new TerrariumError(
      'manual-missing',
      t('This machine has no manual page “{0}”.', escapeControlCharacters(name)),
      t('Install the packages man-db and manpages.'),
    );
  vscode.window
    .createTerminal({ name, shellPath: man, shellArgs: [page.number, page.name] })
    .show();
}

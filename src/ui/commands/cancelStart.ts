/** "Cancel Start": ends a start that waits before one of its steps. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { waitingStart } from '../lessons/steps/stepsTarget';
import { isContainerRow } from '../model/rows';
import { showMessage } from '../notifications';
import type { TerminalServices } from '../terminal/TerminalServices';

/** @param target a row may be of a start that another window began */
export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  const info = isContainerRow(target) ? target.container.info : undefined;
  const { id, name, privilege } = info ?? (await waitingStart(services, target)).began;
  await services.helpers.get(privilege)?.request('stop', { id, graceMs: 0 });
  void showMessage(
    'information',
    vscode.l10n.t(
      'The start of {0} was cancelled, and nothing of it is left.',
      escapeControlCharacters(name),
    ),
  );
}

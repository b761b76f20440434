/** Asks before SIGKILL to PID 1, which ends its container. Called by the commands that send SIGKILL. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { showModal } from '../notifications';
import type { ProcessTarget } from '../model/rows';

/** Asks only where a PID 1 is among the processes. @throws CancellationError */
export async function confirmKill(targets: readonly ProcessTarget[]): Promise<void> {
  const first = targets.find(({ process }) => process.pid === 1);
  if (!first) return;
  const { t } = vscode.l10n;
  const question =
    targets.length === 1
      ? t('Kill {0} (PID {1})?', escapeControlCharacters(first.process.name), 1)
      : t('Kill {0} processes?', targets.length);
  const kill = t('Kill');
  if ((await showModal('warning', question, endsContainer(targets.length), kill)) !== kill)
    throw new vscode.CancellationError();
}

/** @param count number of processes, PID 1 included */
export function endsContainer(count: number): string {
  const { t } = vscode.l10n;
  return count === 1
    ? t('It is PID 1: the whole container ends with it.')
    : t('PID 1 is among them: the whole container ends with it.');
}

/** "Kill Process Tree…": sends SIGKILL to processes and all their descendants, also to those forked meanwhile. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { pickProcesses } from '../pick/pickProcess';
import { forEachProcess } from './forEachProcess';
import type { Services } from '../services/Services';
import { showModal } from '../notifications';
import { endsContainer } from './confirmKill';
import type { ProcessTarget } from '../model/rows';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const chosen = await pickProcesses(services, target, selected, t('Kill Process Tree'));
  const kill = t('Kill All');
  const answer = await showModal('warning', question(chosen), consequence(chosen), kill);
  if (answer !== kill) throw new vscode.CancellationError();
  const alone = chosen.length === 1;
  await forEachProcess(chosen, async ({ info, process: { pid, startTime } }) => {
    try {
      await services.helpers
        .of(info)
        .request('signalTree', { id: info.id, pid, startTime, signal: 'SIGKILL' });
    } catch (error) {
      // A process may be a descendant of another, and be dead already.
      if (alone || !(error instanceof TerrariumError && error.code === 'process-gone')) throw error;
    }
  });
}

function question(chosen: readonly ProcessTarget[]): string {
  const { t } = vscode.l10n;
  const [first] = chosen;
  return chosen.length === 1 && first
    ? t(
        'Kill {0} (PID {1}) and everything below it?',
        escapeControlCharacters(first.process.name),
        first.process.pid,
      )
    : t('Kill {0} processes and everything below them?', chosen.length);
}

function consequence(chosen: readonly ProcessTarget[]): string {
  const { t } = vscode.l10n;
  return chosen.some(({ process }) => process.pid === 1)
    ? endsContainer(chosen.length)
    : t('They get no chance to clean up.');
}

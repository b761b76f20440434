/** "Kill Process Tree…": SIGKILL to a process and everything below it, also what forks meanwhile. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import { pickProcess } from '../pick/pickProcess';
import type { Services } from '../services/Services';
import { ask } from '../say';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const { info, process } = await pickProcess(services, target, t('Kill Process Tree'));
  const kill = t('Kill All');
  const name = visible(process.name);
  const answer = await ask(
    'warning',
    t('Kill {0} (PID {1}) and everything below it?', name, process.pid),
    process.pid === 1
      ? t('It is PID 1: the whole container ends with it.')
      : t('They get no chance to clean up.'),
    kill,
  );
  if (answer !== kill) throw new vscode.CancellationError();
  const { pid, startTime } = process;
  await services.helpers
    .of(info)
    .request('signalTree', { id: info.id, pid, startTime, signal: 'SIGKILL' });
}

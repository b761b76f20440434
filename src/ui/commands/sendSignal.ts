/** "Send Signal…": any signal to one process of a container. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import { signalChoices } from '../model/signals';
import { type ProcessTarget, pickProcess } from '../pick/pickProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('Send Signal');
  const chosen = await pickProcess(services, target, title);
  const picked = await vscode.window.showQuickPick(
    signalChoices.map(({ name, meaning }) => ({ label: name, detail: t(meaning) })),
    {
      title,
      placeHolder: t(
        'Which signal for {0} (PID {1})?',
        visible(chosen.process.name),
        chosen.process.pid,
      ),
      matchOnDetail: true,
    },
  );
  if (!picked) throw new vscode.CancellationError();
  await sendSignal(services, chosen, picked.label);
}

/** The helper refuses where the PID has been taken by another process meanwhile. */
export async function sendSignal(
  { helpers }: Services,
  { info, process }: ProcessTarget,
  signal: string,
): Promise<void> {
  const { pid, startTime } = process;
  await helpers.of(info).request('signal', { id: info.id, pid, startTime, signal });
}

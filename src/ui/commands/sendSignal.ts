/** "Send Signal…": any signal to one or more processes of a container. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import { signalChoices } from '../model/signals';
import { type ProcessTarget, pickProcesses } from '../pick/pickProcess';
import { onEach } from '../services/onEach';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('Send Signal');
  const chosen = await pickProcesses(services, target, selected, title);
  const [first] = chosen;
  const picked = await vscode.window.showQuickPick(
    signalChoices.map(({ name, meaning }) => ({ label: name, detail: t(meaning) })),
    {
      title,
      placeHolder:
        chosen.length === 1 && first
          ? t('Which signal for {0} (PID {1})?', visible(first.process.name), first.process.pid)
          : t('Which signal for {0} processes?', chosen.length),
      matchOnDetail: true,
    },
  );
  if (!picked) throw new vscode.CancellationError();
  await sendSignals(services, chosen, picked.label);
}

/** The helper refuses where the PID has been taken by another process meanwhile. @throws the first refusal */
export async function sendSignals(
  { helpers }: Services,
  targets: readonly ProcessTarget[],
  signal: string,
): Promise<void> {
  await onEach(targets, ({ info, process: { pid, startTime } }) =>
    helpers.of(info).request('signal', { id: info.id, pid, startTime, signal }),
  );
}

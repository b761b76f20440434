/** "Send Signal…": sends any signal to one or more processes of a container. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { signalChoices } from '../model/signals';
import { pickProcesses } from '../pick/pickProcess';
import { forEachProcess } from './forEachProcess';
import type { Services } from '../services/Services';
import { confirmKill } from './confirmKill';
import { type UnheardTarget, tellUnheard } from './tellUnheard';
import type { ProcessTarget } from '../model/rows';

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
          ? t(
              'Which signal for {0} (PID {1})?',
              escapeControlCharacters(first.process.name),
              first.process.pid,
            )
          : t('Which signal for {0} processes?', chosen.length),
      matchOnDetail: true,
    },
  );
  if (!picked) throw new vscode.CancellationError();
  await sendSignals(services, chosen, picked.label);
}

/**
 * Asks before SIGKILL to a PID 1, and warns where a signal had no effect. The helper refuses where the PID
 * belongs to another process now.
 * @throws CancellationError; the first error of the helper
 */
export async function sendSignals(
  services: Services,
  targets: readonly ProcessTarget[],
  signal: string,
): Promise<void> {
  if (signal === 'SIGKILL') await confirmKill(targets);
  const unheard: UnheardTarget[] = [];
  await forEachProcess(targets, async (target) => {
    const { info, process } = target;
    const { pid, startTime } = process;
    const answer = await services.helpers
      .of(info)
      .request('signal', { id: info.id, pid, startTime, signal });
    // SIGKILL ends frozen processes too (cgroup-v2.rst, cgroup.freeze).
    const isHeld = info.paused === true && signal !== 'SIGKILL';
    const why = answer.unheard ?? (isHeld ? 'paused' : undefined);
    if (why) unheard.push({ ...target, unheard: why });
  });
  await tellUnheard(services, unheard, targets.length, signal, (target, other) =>
    sendSignals(services, [target], other),
  );
}

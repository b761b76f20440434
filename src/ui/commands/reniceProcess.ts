/** "Change Nice Value…": changes the nice value of one or more processes. */
import * as vscode from 'vscode';
import { pickProcesses } from '../pick/pickProcess';
import { forEachProcess } from './forEachProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('Change Nice Value');
  const chosen = await pickProcesses(services, target, selected, title);
  const text = await vscode.window.showInputBox({
    title,
    value: String(chosen[0]?.process.nice ?? 0),
    prompt: t('From -20 (gets most CPU time) to 19 (yields to everybody).'),
    validateInput: (value) =>
      niceOf(value) === undefined ? t('A whole number from -20 to 19.') : undefined,
  });
  const nice = text === undefined ? undefined : niceOf(text);
  if (nice === undefined) throw new vscode.CancellationError();
  await forEachProcess(chosen, ({ info, process: { pid, startTime } }) =>
    services.helpers.of(info).request('renice', { id: info.id, pid, startTime, nice }),
  );
}

function niceOf(text: string): number | undefined {
  const nice = /^-?\d{1,2}$/.test(text.trim()) ? Number(text) : NaN;
  return nice >= -20 && nice <= 19 ? nice : undefined;
}

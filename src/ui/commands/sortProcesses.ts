/** "Sort Processes…": sorts by PID, name, CPU or memory. CPU and memory count as of this moment. */
import * as vscode from 'vscode';
import type { SortOrder } from '../../core/tree/arrange';
import type { Services } from '../services/Services';

export async function run({ arrangement }: Services): Promise<void> {
  const { t } = vscode.l10n;
  const now = t(
    'As it is now: rows do not move because of a number. Choose it again to sort anew.',
  );
  const choices: (vscode.QuickPickItem & { order: SortOrder })[] = [
    { order: 'pid', label: t('PID'), detail: t('In the order in which they started.') },
    { order: 'name', label: t('Name') },
    { order: 'cpu', label: t('CPU'), detail: now },
    { order: 'memory', label: t('Memory'), detail: now },
  ];
  const picked = await vscode.window.showQuickPick(
    choices.map((choice) =>
      choice.order === arrangement.current.sort ? { ...choice, description: t('chosen') } : choice,
    ),
    { title: t('Sort Processes'), placeHolder: t('In which order?') },
  );
  if (!picked) throw new vscode.CancellationError();
  await arrangement.change({ sort: picked.order });
}

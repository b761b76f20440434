/** "Filter Processes…": shows only matching processes and their ancestors. */
import * as vscode from 'vscode';
import type { Services } from '../services/Services';

export async function run({ arrangement }: Services): Promise<void> {
  const { t } = vscode.l10n;
  const filter = await vscode.window.showInputBox({
    title: t('Filter Processes'),
    value: arrangement.current.filter,
    prompt: t(
      'Part of a name, command line, user or number, or a state: zombie, stopped, running, orphan. Empty shows all.',
    ),
  });
  if (filter === undefined) throw new vscode.CancellationError();
  await arrangement.change({ filter: filter.trim() });
}

/** Who does the privileged work: asked once, kept in a setting. Called by `Helpers` and the command. */
import * as vscode from 'vscode';
import type { Privilege } from '../../protocol/container';

type Choice = 'sudo' | 'rootless';

/** The privilege to start with. @throws CancellationError where the person chooses none */
export async function choosePrivilege(): Promise<Privilege> {
  if (process.geteuid?.() === 0) return 'root';
  const set = vscode.workspace.getConfiguration('terrarium').get<string>('privilege');
  const choice = set === 'sudo' || set === 'rootless' ? set : await askPrivilege();
  return choice === 'sudo' ? 'root' : 'rootless';
}

/** Asks, and remembers the answer. @throws CancellationError */
export async function askPrivilege(): Promise<Choice> {
  const { t } = vscode.l10n;
  const now = vscode.workspace.getConfiguration('terrarium').get<string>('privilege');
  const items: (vscode.QuickPickItem & { choice: Choice })[] = [
    {
      choice: 'sudo',
      label: '$(shield) sudo',
      description: t('root inside is root, as in the notes'),
      detail: t('Your password once, in the terminal. Files that it makes belong to root.'),
    },
    {
      choice: 'rootless',
      label: '$(person) rootless',
      description: t('root inside is you'),
      detail: t('No password: a user namespace. Files that it makes stay yours.'),
    },
  ];
  const picked = await vscode.window.showQuickPick(
    items.map((item) =>
      item.choice === now
        ? { ...item, description: `${item.description} · ${t('chosen at present')}` }
        : item,
    ),
    {
      title: t('Who Does the Privileged Work of a Start?'),
      placeHolder: t('Asked once; change it later with "Choose Privilege…"'),
      ignoreFocusOut: true,
    },
  );
  if (!picked) throw new vscode.CancellationError();
  await vscode.workspace
    .getConfiguration('terrarium')
    .update('privilege', picked.choice, vscode.ConfigurationTarget.Global);
  return picked.choice;
}

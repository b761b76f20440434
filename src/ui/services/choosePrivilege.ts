/** Asks once how containers get their privileges, and keeps the answer in a setting. Called by `Helpers` and the command. */
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { withoutIcons } from '../model/withoutIcons';
import type { Privilege } from '../../protocol/container';
import type { Check } from '../../protocol/doctor';
import { machineChecks } from './machineChecks';
import type { Pages } from './Pages';

type Choice = 'sudo' | 'rootless';

type Item = vscode.QuickPickItem & { readonly choice: Choice | 'explain' };

/** The services that the question needs. */
export interface Asking {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly pages: Pages;
}

/** The privilege of the setting, or the answer to the question. @throws CancellationError */
export async function choosePrivilege(asking: Asking): Promise<Privilege> {
  if (process.geteuid?.() === 0) return 'root';
  const set = vscode.workspace.getConfiguration('terrarium').get<string>('privilege');
  const choice = set === 'sudo' || set === 'rootless' ? set : await askPrivilege(asking);
  return choice === 'sudo' ? 'root' : 'rootless';
}

/** Asks, and remembers the answer. @throws CancellationError */
export async function askPrivilege(asking: Asking): Promise<Choice> {
  const choice = await ask(asking);
  await vscode.workspace
    .getConfiguration('terrarium')
    .update('privilege', choice, vscode.ConfigurationTarget.Global);
  return choice;
}

async function ask({ context, log, pages }: Asking): Promise<Choice> {
  const { t } = vscode.l10n;
  const now = vscode.workspace.getConfiguration('terrarium').get<string>('privilege');
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = t('How Should Containers Get Their Privileges?');
  pick.placeholder = t('Asked once. Change it later with "Choose Privilege…".');
  pick.ignoreFocusOut = true;
  pick.items = items(now, []);
  pick.busy = true;
  let isOpen = true;
  void machineChecks(context)
    .then((checks) => {
      if (!isOpen) return;
      const [active] = pick.activeItems;
      const shown = items(now, checks);
      pick.items = shown;
      pick.activeItems = shown.filter(({ choice }) => choice === active?.choice);
    })
    // The question can be answered without the checks.
    .catch((error: unknown) => log.warn(`checking this machine: ${messageOf(error)}`))
    .finally(() => {
      if (isOpen) pick.busy = false;
    });
  try {
    return await new Promise<Choice>((resolve, reject) => {
      pick.onDidAccept(() => {
        const [item] = pick.activeItems;
        if (item?.choice === 'explain') void explain(context, pages).catch(reject);
        else if (item) resolve(item.choice);
      });
      pick.onDidHide(() => reject(new vscode.CancellationError()));
      pick.show();
    });
  } finally {
    isOpen = false;
    pick.dispose();
  }
}

/** @param checks of this machine; empty until they are done */
function items(now: string | undefined, checks: readonly Check[]): Item[] {
  const { t } = vscode.l10n;
  const problem = (code: string) =>
    checks.find((check) => check.code === code && check.verdict === 'failed')?.found;
  const [noRootless, noSudo] = [problem('user-namespace'), problem('sudo')];
  const item = (choice: Choice, label: string, description: string, detail: string): Item => {
    const failed = choice === 'sudo' ? noSudo : noRootless;
    const notes = [
      failed === undefined ? description : t('does not work on this machine'),
      ...(choice === now ? [t('chosen at present')] : []),
    ];
    return {
      ...{ choice, label, description: notes.filter(Boolean).join(' · ') },
      detail: failed === undefined ? detail : `$(warning) ${withoutIcons(failed)}`,
    };
  };
  return [
    item(
      'rootless',
      '$(person) rootless',
      t('take this when unsure'),
      t('No password. Root in the container is you, and its files stay yours.'),
    ),
    item(
      'sudo',
      '$(shield) sudo',
      noRootless === undefined ? '' : t('take this when unsure'),
      t('Your password once, in a terminal. Root in the container is root of this machine.'),
    ),
    {
      choice: 'explain',
      label: t('$(book) What is the difference?'),
      detail: t('Opens a page. This question stays.'),
      alwaysShow: true,
    },
  ];
}

/** Opens the page below the question, which stays open. */
async function explain(context: vscode.ExtensionContext, pages: Pages): Promise<void> {
  const file = vscode.Uri.joinPath(context.extensionUri, 'media/pages/privilege.md');
  const text = Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8');
  await pages.show(vscode.l10n.t('Sudo or Rootless'), text);
}

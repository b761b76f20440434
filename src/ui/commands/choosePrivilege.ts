/** "Choose Privilege…": changes who does the privileged work of later starts. */
import * as vscode from 'vscode';
import { askPrivilege } from '../services/choosePrivilege';
import type { Services } from '../services/Services';
import { say } from '../say';

export async function run({ containers }: Services): Promise<void> {
  const { t } = vscode.l10n;
  if (process.geteuid?.() === 0) {
    void say(
      'information',
      t(
        'VS Code runs as root here already: containers start without a password, and nothing has to be chosen.',
      ),
    );
    return;
  }
  const choice = await askPrivilege();
  const later = containers.live.length > 0 ? t(' What runs goes on as it was started.') : '';
  void say('information', t('Containers now start with {0}.', choice) + later);
}

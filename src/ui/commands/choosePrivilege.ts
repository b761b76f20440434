/** "Choose Privilege…": changes the privilege of later starts. */
import * as vscode from 'vscode';
import { askPrivilege } from '../services/choosePrivilege';
import type { Services } from '../services/Services';
import { showMessage } from '../notifications';

export async function run(services: Services): Promise<void> {
  const { t } = vscode.l10n;
  if (process.geteuid?.() === 0) {
    void showMessage(
      'information',
      t(
        'VS Code runs as root here. Containers start as root without a password; there is nothing to choose.',
      ),
    );
    return;
  }
  const choice = await askPrivilege(services);
  const isLive = services.containers.live.length > 0;
  void showMessage(
    'information',
    isLive
      ? t('Privilege for further starts: {0}. Running containers stay as they are.', choice)
      : t('Privilege for further starts: {0}.', choice),
  );
}

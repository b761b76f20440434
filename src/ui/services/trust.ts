/** Restricted Mode: files of an untrusted workspace are read, but nothing of it is started. Called before each start. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { ActionError } from '../showError';

/** @throws TerrariumError `not-linux`, `restricted-mode` */
export function requireTrustedLinux(): void {
  const { t } = vscode.l10n;
  if (process.platform !== 'linux')
    throw new TerrariumError(
      'not-linux',
      t('Containers are made of Linux namespaces, and this machine does not run Linux.'),
      t('Connect to a Linux machine (Remote - SSH, WSL) and open a folder there.'),
    );
  if (vscode.workspace.isTrusted) return;
  throw new ActionError(
    new TerrariumError(
      'restricted-mode',
      t('This workspace is in Restricted Mode: nothing of it is started.'),
      t('Trust it first, if you know where it comes from.'),
    ),
    [
      {
        title: t('Manage Workspace Trust'),
        run: () => vscode.commands.executeCommand('workbench.trust.manage'),
      },
    ],
  );
}

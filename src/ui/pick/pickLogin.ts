/** Whose shell, and which? Asked before a further shell where the rootfs leaves a choice. */
import * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import { type Logins, readLogins } from '../../core/bundle/logins';
import { visible } from '../../core/text/visible';

export interface Login {
  /** PID 1's unless given. */
  readonly user?: string;
  /** The command; empty for the user's own shell. */
  readonly args: readonly string[];
}

/**
 * @param rootfs path of the container's root filesystem
 * @throws vscode.CancellationError
 */
export async function pickLogin(rootfs: string): Promise<Login> {
  const { users, shells } = await loginsOf(rootfs);
  const { t } = vscode.l10n;
  const title = t('Open Shell in Container');
  const user =
    users.length < 2
      ? undefined
      : await pick(title, t('Whose shell?'), [
          {
            label: `$(account) ${t('As PID 1')}`,
            description: t('the user, groups and limits of config.json'),
            value: undefined,
          },
          ...users.map(({ name, uid, gid }) => ({
            label: `$(account) ${visible(name)}`,
            description: t('user {0}, group {1}', uid, gid),
            value: name,
          })),
        ]);
  const shell =
    shells.length < 2
      ? undefined
      : await pick(title, t('Which shell?'), [
          {
            label: `$(terminal) ${t('The User’s Own')}`,
            description: t('what etc/passwd says'),
            value: undefined,
          },
          ...shells.map((one) => ({ label: `$(terminal) ${visible(one)}`, value: one })),
        ]);
  return { ...(user === undefined ? {} : { user }), args: shell === undefined ? [] : [shell] };
}

/** A rootfs that only the container's own users may read leaves no choice to offer. */
async function loginsOf(rootfs: string): Promise<Logins> {
  try {
    return await readLogins(rootfs);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return { users: [], shells: [] };
    throw error;
  }
}

type Item = vscode.QuickPickItem & { readonly value: string | undefined };

async function pick(
  title: string,
  placeHolder: string,
  items: readonly Item[],
): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
  if (!picked) throw new vscode.CancellationError();
  return picked.value;
}

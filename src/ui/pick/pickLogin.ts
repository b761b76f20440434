/**
 * Asks for the user and the shell of a session. Asks nothing where the rootfs offers no choice; otherwise
 * once for each container. "Choose Another Shell or User…" asks again. Called where a session is opened.
 */
import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import { type Logins, readLogins } from '../../core/bundle/logins';
import { withoutIcons } from '../model/withoutIcons';

export interface Login {
  /** PID 1's user unless given. */
  readonly user?: string;
  /** The command; empty for the user's own shell. */
  readonly args: readonly string[];
}

interface LoginPlace {
  /** Path of the bundle: the key of the remembered answer. */
  readonly bundle: string;
  /** Path of its root filesystem. */
  readonly rootfs: string;
}

const memory = 'terrarium.logins';

/**
 * @param state of the workspace
 * @param again asks even if there is a remembered answer
 * @throws vscode.CancellationError
 */
export async function pickLogin(
  state: vscode.Memento,
  { bundle, rootfs }: LoginPlace,
  { again = false } = {},
): Promise<Login> {
  const remembered = state.get<Record<string, Login>>(memory, {});
  const known = remembered[bundle];
  if (known && !again) return known;
  const logins = await loginsOf(rootfs);
  if (!again && logins.users.length < 2) return { args: [] };
  const login = await ask(logins);
  await state.update(memory, { ...remembered, [bundle]: login });
  return login;
}

/** A rootfs that only the container's users may read offers no choice. */
async function loginsOf(rootfs: string): Promise<Logins> {
  try {
    return await readLogins(await realpath(rootfs));
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return { users: [], shells: [] };
    throw error;
  }
}

type Item = vscode.QuickPickItem & { readonly login?: Login };

async function ask({ users, shells }: Logins): Promise<Login> {
  const { t } = vscode.l10n;
  const divider = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const items: Item[] = [
    {
      label: t('The user of config.json'),
      description: t('with the shell that etc/passwd names'),
      iconPath: new vscode.ThemeIcon('account'),
      login: { args: [] },
    },
    ...(users.length > 0 ? [divider(t('another user'))] : []),
    ...users.map(({ name, uid, shell }) => ({
      label: withoutIcons(name),
      description: t('user {0} · {1}', uid, withoutIcons(shell === '' ? '/bin/sh' : shell)),
      iconPath: new vscode.ThemeIcon('account'),
      login: { user: name, args: [] },
    })),
    ...(shells.length > 0 ? [divider(t('another shell, as the user of config.json'))] : []),
    ...shells.map((shell) => ({
      label: withoutIcons(shell),
      iconPath: new vscode.ThemeIcon('terminal'),
      login: { args: [shell] },
    })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Open Shell in Container'),
    placeHolder: t('Whose shell, and which? The answer is remembered for this container.'),
  });
  if (!picked?.login) throw new vscode.CancellationError();
  return picked.login;
}

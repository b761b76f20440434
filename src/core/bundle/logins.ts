/** Whom and with what one may sensibly log in to a rootfs: for the question before a further shell. */
import { type PasswdEntry, readAccounts, textInside } from './passwd';
import { resolveInside } from './resolveInside';

export interface Logins {
  /** Users of etc/passwd whose shell is one. */
  readonly users: readonly PasswdEntry[];
  /** Paths inside: the shells of etc/shells that are there. */
  readonly shells: readonly string[];
}

/** Shells that let nobody in (nologin(8)); a rootfs without etc/shells may name them all the same. */
const refusing = /\/(nologin|false|sync|halt|shutdown)$/;

/** More than a person could choose from. */
const most = 200;

export async function readLogins(rootfs: string): Promise<Logins> {
  const { users } = await readAccounts(rootfs);
  const listed = parseShells(await textInside(rootfs, '/etc/shells')).slice(0, most);
  const there = async (shell: string) => (await resolveInside(rootfs, shell)) !== undefined;
  const able: PasswdEntry[] = [];
  for (const user of users.slice(0, most)) {
    const shell = user.shell === '' ? '/bin/sh' : user.shell;
    const isLogin = shell.startsWith('/') && !refusing.test(shell);
    if (isLogin && (await there(shell))) able.push(user);
  }
  const shells: string[] = [];
  for (const shell of listed) if (await there(shell)) shells.push(shell);
  return { users: able, shells };
}

/** shells(5): absolute paths, one in a line. */
export function parseShells(text: string): string[] {
  const paths = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('/') && !refusing.test(line));
  return [...new Set(paths)];
}

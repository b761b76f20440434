/** Whom and with what one may sensibly log in to a rootfs: for the question before a further shell. */
import path from 'node:path';
import { codeOf } from '../fs/codeOf';
import { type LookBudget, lookBudget } from '../fs/lookBudget';
import { resolveInside, statInside } from '../fs/openInside';
import { whyNotExecutable } from './findCommand';
import { type PasswdEntry, readAccounts, textInside, userNamed } from './passwd';

export interface Logins {
  /** Users of etc/passwd whose shell is one. */
  readonly users: readonly PasswdEntry[];
  /** Paths inside: the shells of etc/shells that are there. */
  readonly shells: readonly string[];
}

/** Shells that refuse a login (nologin(8)); the passwd of a rootfs without etc/shells may name them. */
const refusing = /\/(nologin|false|sync|halt|shutdown)$/;

/** Most entries of the list. */
const most = 200;

/** One file with many names, each another shell. */
const multiCall = /^(busybox|toybox)/;

export async function readLogins(rootfs: string): Promise<Logins> {
  const { users } = await readAccounts(rootfs);
  const listed = parseShells(await textInside(rootfs, '/etc/shells')).slice(0, most);
  const able: PasswdEntry[] = [];
  const budget = lookBudget();
  for (const user of users.slice(0, most)) {
    if ((await loginShell(rootfs, user, budget)) !== undefined) able.push(user);
  }
  // /bin is a link to /usr/bin in most distributions: the same program need not be there twice.
  const shells = new Map<string, string>();
  for (const shell of listed) {
    const file = await resolveInside(rootfs, shell, budget);
    if (file === undefined) continue;
    const name = path.basename(file);
    const key = multiCall.test(name) ? path.basename(shell) : file;
    if (!shells.has(key)) shells.set(key, shell);
  }
  return { users: able, shells: [...shells.values()] };
}

/** The shell of a user where it is there and lets them in; undefined otherwise. */
async function loginShell(
  rootfs: string,
  { shell }: Pick<PasswdEntry, 'shell'>,
  budget?: LookBudget,
): Promise<string | undefined> {
  const inside = shell === '' ? '/bin/sh' : shell;
  if (!inside.startsWith('/') || refusing.test(inside)) return undefined;
  return (await statInside(rootfs, inside, budget)) === undefined ? undefined : inside;
}

/** What PID 1 is where nothing says: root's own shell where it can be run, /bin/sh otherwise. */
export async function rootShell(rootfs: string): Promise<string> {
  const usual = '/bin/sh';
  try {
    const { users } = await readAccounts(rootfs);
    const shell = await loginShell(rootfs, userNamed(users, '0') ?? { shell: usual });
    const stat = shell === undefined ? undefined : await statInside(rootfs, shell);
    if (shell === undefined || stat === undefined) return usual;
    return whyNotExecutable(stat) === undefined ? shell : usual;
  } catch (error) {
    // Not readable for this user: the default, as for any start without read access.
    if (['EACCES', 'EPERM', 'ENOENT'].includes(codeOf(error) ?? '')) return usual;
    throw error;
  }
}

/** shells(5): absolute paths, one in a line. */
export function parseShells(text: string): string[] {
  const paths = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('/') && !refusing.test(line));
  return [...new Set(paths)];
}

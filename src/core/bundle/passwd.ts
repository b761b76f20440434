/**
 * Reads a container's `/etc/passwd` and `/etc/group` as the data that they are: never through NSS,
 * which would ask the host's directory services or load a library of the rootfs (CVE-2019-14271).
 */
import { codeOf } from '../fs/codeOf';
import { readInside } from '../fs/openInside';

/** How much of either file is looked at, in bytes. */
const maxBytes = 1024 * 1024;

/** PATH_MAX. */
const maxPath = 4096;

/** One line of passwd(5). */
export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** May be empty: that means /bin/sh. */
  readonly shell: string;
}

/** One line of group(5). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Lines that do not have the form of passwd(5) are left out. */
export function parsePasswd(text: string): PasswdEntry[] {
  return lines(text, 7).flatMap(
    ([name = '', , uidText = '', gidText = '', , home = '', shell = '']) => {
      const uid = parseId(uidText);
      const gid = parseId(gidText);
      if (name === '' || uid === undefined || gid === undefined) return [];
      return [{ name, uid, gid, home, shell }];
    },
  );
}

/** Lines that do not have the form of group(5) are left out. */
export function parseGroup(text: string): GroupEntry[] {
  return lines(text, 4).flatMap(([name = '', , gidText = '', members = '']) => {
    const gid = parseId(gidText);
    if (name === '' || gid === undefined) return [];
    return [{ name, gid, members: members.split(',').filter((member) => member !== '') }];
  });
}

/**
 * An id in decimal, and nothing else: `1000x`, `0x0`, `-1`, ` 1` and 4294967295 (the kernel's "no
 * change") are none.
 */
export function parseId(text: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,9})$/.test(text)) return undefined;
  const id = Number(text);
  return id < 4294967295 ? id : undefined;
}

/** `user` is a name of this passwd or a number, whose line may be missing. */
export function userNamed(entries: readonly PasswdEntry[], user: string): PasswdEntry | undefined {
  const named = entries.find((entry) => entry.name === user);
  if (named) return named;
  const uid = parseId(user);
  if (uid === undefined) return undefined;
  const numbered = entries.find((entry) => entry.uid === uid);
  return numbered ?? { name: String(uid), uid, gid: 0, home: '/', shell: '' };
}

export interface Accounts {
  readonly users: PasswdEntry[];
  readonly groups: GroupEntry[];
}

/** Both files of a rootfs; empty where one is missing or is no regular file. */
export async function readAccounts(rootfs: string): Promise<Accounts> {
  return {
    users: parsePasswd(await textInside(rootfs, '/etc/passwd')),
    groups: parseGroup(await textInside(rootfs, '/etc/group')),
  };
}

/**
 * What HOME is where nothing sets it, as runc finds it: the folder in the first line with that uid.
 * @returns undefined where there is no line, and where a line has what no path can be
 */
export function usualHome(users: readonly PasswdEntry[], uid: number): string | undefined {
  const home = users.find((entry) => entry.uid === uid)?.home;
  // eslint-disable-next-line no-control-regex -- a plan is text that people read
  return home === undefined || home.length > maxPath || /[\0-\x1f\x7f\ufffd]/.test(home)
    ? undefined
    : home;
}

/** `usualHome` in the passwd of a rootfs; undefined too where it is not readable for this user. */
export async function homeInside(rootfs: string, uid: number): Promise<string | undefined> {
  const text = await textInside(rootfs, '/etc/passwd').catch((error: unknown) => {
    if (['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return '';
    throw error;
  });
  return usualHome(parsePasswd(text), uid);
}

/** A file of a rootfs, as text; empty where it is missing or no regular file. */
export async function textInside(rootfs: string, inside: string): Promise<string> {
  return (await readInside(rootfs, inside, maxBytes))?.toString('utf8') ?? '';
}

function lines(text: string, fields: number): string[][] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((parts) => parts.length === fields);
}

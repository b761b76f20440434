/** Who a session is, from the rootfs's own passwd and group, read as data. Called by sessionCommand.ts. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import { type PasswdEntry, userNamed, usualHome } from '../../../core/bundle/passwd';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { SessionPlace } from './sessionPlace';
import type { SessionLooks } from './StartLooks';

/** The requested user: at most one of the two. */
export interface SessionAs {
  /** A name or a number. */
  readonly user?: string | undefined;
  /** Those of another process, with its folder. */
  readonly place?: SessionPlace | undefined;
}

export interface SessionUser {
  readonly uid: number;
  readonly gid: number;
  /** Additional ones. */
  readonly groups: readonly number[];
  /** /bin/sh where passwd names none (passwd(5)). */
  readonly shell: string;
  /** Where it starts, as the container sees it; absent where that is PID 1's choice. */
  readonly cwd?: string;
  /** What login(1) would set, for another user than PID 1's. */
  readonly env: Readonly<Record<string, string>>;
  /** HOME where nothing else sets it, as PID 1 gets it. */
  readonly home: string;
}

/** @throws TerrariumError `session-user` */
export async function sessionUser(
  { name, rootfs, config }: Bundle,
  { user, place }: SessionAs,
  { accounts }: Pick<SessionLooks, 'accounts'>,
): Promise<SessionUser> {
  const { users, groups } = await accounts(rootfs);
  const homeFor = (uid: number) => usualHome(users, uid) ?? '/';
  const known = (uid: number) => users.find((entry) => entry.uid === uid);
  if (place) {
    const entry = known(place.uid);
    const env = place.uid === 0 && place.gid === 0 ? {} : homeOf(entry);
    return { ...place, shell: shellOf(entry), env, home: homeFor(place.uid) };
  }
  if (user === undefined) {
    const { uid, gid, additionalGids = [] } = config.process.user;
    return {
      uid,
      gid,
      groups: additionalGids,
      shell: shellOf(known(uid)),
      env: {},
      home: homeFor(uid),
    };
  }
  const found = userNamed(users, user);
  if (!found) {
    throw new TerrariumError(
      'session-user',
      `“${escapeControlCharacters(name)}” has no user “${escapeControlCharacters(user)}”: its etc/passwd has no such name, and it is no whole number.`,
      'Name a user of the container’s own etc/passwd, or give a number.',
    );
  }
  return {
    uid: found.uid,
    gid: found.gid,
    groups: groups.filter(({ members }) => members.includes(found.name)).map(({ gid }) => gid),
    shell: shellOf(found),
    env: homeOf(found),
    home: homeFor(found.uid),
  };
}

function shellOf(entry: PasswdEntry | undefined): string {
  return entry?.shell.startsWith('/') ? entry.shell : '/bin/sh';
}

function homeOf(entry: PasswdEntry | undefined): Record<string, string> {
  if (!entry || /[^\x20-\x7e]/.test(entry.home + entry.name)) return {};
  return { HOME: entry.home, USER: entry.name };
}

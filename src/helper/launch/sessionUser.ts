/** Who a session is, from the rootfs's own passwd and group, read as data. Called by sessionArgv.ts. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { readAccounts, userNamed } from '../../core/bundle/passwd';
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';

export interface SessionUser {
  readonly uid: number;
  readonly gid: number;
  /** Additional ones. */
  readonly groups: readonly number[];
  /** /bin/sh where passwd names none (passwd(5)). */
  readonly shell: string;
}

/**
 * @param user a name or a number; without one PID 1's own, with exactly its groups
 * @throws TerrariumError `session-user`
 */
export async function sessionUser(
  { name, rootfs, config }: Bundle,
  user: string | undefined,
): Promise<SessionUser> {
  const { users, groups } = await readAccounts(rootfs);
  if (user === undefined) {
    const { uid, gid, additionalGids = [] } = config.process.user;
    const shell = shellOf(users.find((entry) => entry.uid === uid)?.shell);
    return { uid, gid, groups: additionalGids, shell };
  }
  const found = userNamed(users, user);
  if (!found) {
    throw new TerrariumError(
      'session-user',
      `“${visible(name)}” has no user “${visible(user)}”: its etc/passwd has no such name, and it is no whole number.`,
      'Name a user of the container’s own etc/passwd, or give a number.',
    );
  }
  return {
    uid: found.uid,
    gid: found.gid,
    groups: groups.filter(({ members }) => members.includes(found.name)).map(({ gid }) => gid),
    shell: shellOf(found.shell),
  };
}

function shellOf(shell: string | undefined): string {
  return shell?.startsWith('/') ? shell : '/bin/sh';
}

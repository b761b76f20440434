/** `User` of an image's config: `user`, `uid`, `user:group`, `uid:gid` … (image-spec, config.md). */
import { type GroupEntry, type PasswdEntry, parseId } from '../bundle/passwd';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

export interface Accounts {
  readonly users: readonly PasswdEntry[];
  readonly groups: readonly GroupEntry[];
}

export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids?: number[];
}

/**
 * Names are looked up in the image's own passwd(5) and group(5), before numbers, as Docker does.
 * @throws TerrariumError `image-user-unknown`
 */
export function imageUser(text: string, { users, groups }: Accounts): ImageUser {
  const [userText = '', groupText] = text.split(':');
  const named = users.find(({ name }) => name === userText);
  const uid = userText === '' ? 0 : (named?.uid ?? parseId(userText));
  if (uid === undefined) throw unknown('user', userText, '/etc/passwd');
  const entry = named ?? users.find((user) => user.uid === uid);
  if (groupText !== undefined && groupText !== '') {
    const gid = groups.find(({ name }) => name === groupText)?.gid ?? parseId(groupText);
    if (gid === undefined) throw unknown('group', groupText, '/etc/group');
    return { uid, gid };
  }
  const gid = entry?.gid ?? 0;
  const further = groups
    .filter(({ members }) => entry !== undefined && members.includes(entry.name))
    .map((group) => group.gid);
  const additionalGids = [...new Set(further)].filter((one) => one !== gid);
  return { uid, gid, ...(additionalGids.length > 0 ? { additionalGids } : {}) };
}

function unknown(what: string, name: string, file: string): TerrariumError {
  return new TerrariumError(
    'image-user-unknown',
    `The image runs as the ${what} “${escapeControlCharacters(name).slice(0, 100)}”, which its ${file} does not have.`,
    'Save the image with a number for it.',
  );
}

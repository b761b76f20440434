/** Whether a folder is in the hands of one person: who else may write to it could put another tree in its place. */
import { lstat } from '../fs/files';
import path from 'node:path';
import { codeOf } from '../fs/codeOf';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/**
 * Looks at it and at every folder above. An access control list for others shows as write permission of the group
 * (acl(5)). In a folder above the sticky bit keeps others from renaming what is not theirs.
 * @param folder real path
 * @param person the user id that may own it beside root
 * @returns the reason why it is not theirs alone, for a sentence; undefined where it is
 */
export async function whoElseWrites(folder: string, person: number): Promise<string | undefined> {
  if (folder === '/') return 'it is the root of this machine';
  for (let here = folder; ; here = path.dirname(here)) {
    const found = await lstat(here).catch((error: unknown) => codeOf(error) ?? 'unknown error');
    const shown = here === folder ? 'it' : escapeControlCharacters(here);
    if (typeof found === 'string') return `${shown} cannot be looked at (${found})`;
    const { uid, mode } = found;
    if (!found.isDirectory()) return `${shown} is not a folder`;
    if (uid !== 0 && uid !== person) return `${shown} belongs to the user ${uid}`;
    const isSticky = (mode & 0o1000) !== 0 && here !== folder;
    if ((mode & 0o022) !== 0 && !isSticky)
      return `others may write to ${shown} (mode ${(mode & 0o7777).toString(8)})`;
    if (here === '/') return undefined;
  }
}

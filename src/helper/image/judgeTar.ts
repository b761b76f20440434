/** What tar says of a tree that it has read, where it may be in use. Used by applyFolder.ts and helper/export. */
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { stderrTail } from '../host/stderrTail';

/** With status 1: the archive is whole, and has what tar read. */
const harmless =
  /: (socket ignored|file changed as we read it|File removed before we read it|file is on a different filesystem; not dumped)$/;

/**
 * @param what for people
 * @param remedy where not all of it can be read
 * @returns what is to be told
 * @throws TerrariumError `folder-unreadable`
 */
export function judgeTar(
  { ok, said }: { ok: boolean; said: string },
  what: string,
  remedy: string,
): string[] {
  const lines = said.split('\n').filter((line) => line !== '');
  const isHarmless = lines.length > 0 && lines.every((line) => harmless.test(line));
  if (!ok && !isHarmless)
    throw new TerrariumError(
      'folder-unreadable',
      `Not all of the ${what} can be read: ${stderrTail(lines.slice(0, 3).join('\n')).slice(0, 400)}.`,
      remedy,
    );
  return lines.map((line) => escapeControlCharacters(line.replace(/^\.\/tar: /, '')).slice(0, 300));
}

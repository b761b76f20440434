/** Takes the token that the extension left for the helper. Called by serve.ts. */
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

const maxBytes = 256;

/**
 * Reads it and deletes the file at once.
 * @param directory verified already
 * @throws TerrariumError `token-file` where it is not a plain 0600 file of that user in that folder
 */
export async function readToken(file: string, directory: string, uid: number): Promise<string> {
  const refuse = (reason: string) =>
    new TerrariumError(
      'token-file',
      `The token file ${escapeControlCharacters(file)} ${reason}.`,
      'Start the container again: the extension makes a new one.',
    );
  if (path.dirname(path.resolve(file)) !== path.resolve(directory)) {
    throw refuse(`is not in ${escapeControlCharacters(directory)}`);
  }
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch((error: NodeJS.ErrnoException) => {
    throw refuse(`cannot be opened (${error.code})`);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refuse('is not a plain file');
    if (stat.uid !== uid || (stat.mode & 0o777) !== 0o600) {
      throw refuse('must belong to its user with mode 600');
    }
    if (stat.size > maxBytes) throw refuse('is too long');
    const token = (await handle.readFile('utf8')).trim();
    await rm(file, { force: true });
    if (token.length < 32) throw refuse('is too short');
    return token;
  } finally {
    await handle.close();
  }
}

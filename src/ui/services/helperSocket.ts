/** The name of a helper's socket, and the file that hands over its token. Used by `Helpers` and `launchHelper`. */
import { createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Privilege } from '../../protocol/container';

/** 256 random bits, as hex. */
export function newToken(): string {
  return randomBytes(32).toString('hex');
}

/** The name contains a hash of the token: it does not reveal the token, and each token has its own socket. */
export function socketName(privilege: Privilege, token: string): string {
  const hash = createHash('sha256').update(token).digest('hex');
  return `${privilege}-${hash.slice(0, 12)}.sock`;
}

/**
 * Calls `use` while a file with the token exists in the helper's directory, and removes the file
 * afterwards in every case. O_EXCL: never opens a file or link that exists already.
 */
export async function withTokenFile<T>(
  directory: string,
  token: string,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const file = path.join(directory, `token-${randomBytes(8).toString('hex')}`);
  const handle = await open(file, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(token);
    } finally {
      await handle.close();
    }
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}

/** Where a helper listens and how it is told its token. Used by `Helpers` and `launchHelper`. */
import { createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Privilege } from '../../protocol/container';

/** 256 random bits, as hex. */
export function newToken(): string {
  return randomBytes(32).toString('hex');
}

/** The name tells nothing of the token, and another token never meets this helper. */
export function socketName(privilege: Privilege, token: string): string {
  const hash = createHash('sha256').update(token).digest('hex');
  return `${privilege}-${hash.slice(0, 12)}.sock`;
}

/**
 * Runs `use` while a file with the token lies in the helper's directory; it is gone afterwards,
 * whatever happened. O_EXCL: a file that is already there, or a link, is somebody else's.
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

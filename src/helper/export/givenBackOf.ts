/** Reads `rootfs.mtree` of a bundle, where an import has written one. Called by exportBundle.ts. */
import path from 'node:path';
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { readAt, withRegularFile } from '../../core/fs/readBounded';
import { notKeptFile } from '../../core/image/notKept';
import { type GivenBack, maxNotKept, readNotKept } from '../../core/image/readNotKept';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/** It is about the folder `rootfs`, which an import makes. @throws TerrariumError `not-kept-invalid` */
export async function givenBackOf(bundle: Bundle): Promise<Map<string, GivenBack>> {
  if (bundle.rootfs !== path.join(bundle.path, 'rootfs')) return new Map();
  const folder = await openDirectoryNoFollow(bundle.path);
  const shown = path.join(bundle.path, notKeptFile);
  try {
    const file = path.join(pathOf(folder), notKeptFile);
    const bytes = await withRegularFile(file, (handle) => readAt(handle, 0, maxNotKept + 1), shown);
    if (bytes === undefined) throw unusable(shown, 'is no regular file');
    if (bytes.length > maxNotKept)
      throw unusable(shown, `is larger than ${maxNotKept / 1024 ** 2} MiB`);
    return readNotKept(bytes.toString('latin1'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Map();
    if (codeOf(error) === 'ELOOP') throw unusable(shown, 'is a symbolic link', error);
    if (codeOf(error) === 'EACCES') throw unusable(shown, 'may not be read by you', error);
    throw error;
  } finally {
    await folder.close();
  }
}

function unusable(file: string, reason: string, cause?: unknown): TerrariumError {
  return new TerrariumError(
    'not-kept-invalid',
    `${escapeControlCharacters(file)} ${reason}.`,
    'An export gives back what it says: correct it, or move it away to export the rootfs alone.',
    { cause },
  );
}

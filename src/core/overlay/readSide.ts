/**
 * A file of a layer or of its rootfs, to be shown beside the other side's. A name is resolved below the one folder
 * and never out of it, and a link is not followed at the end.
 */
import { createHash } from 'node:crypto';
import { lstat, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { LayerSide } from '../../protocol/layer';
import { withInside } from '../fs/openInside';
import { readAt, withRegularFile } from '../fs/readBounded';

/** Larger ones are not shown, in bytes. */
const longestText = 2 * 1024 * 1024;

/**
 * @param root absolute real path of the upper or of the rootfs
 * @param file path inside, as a change has it
 * @throws errors of open(2): EACCES
 */
export async function readSide(root: string, file: string): Promise<LayerSide> {
  const { dir, base } = path.posix.parse(file);
  const found = await withInside(root, `/${dir}`, ({ held }) => readAtEnd(`${held}/${base}`));
  return found ?? { kind: 'missing' };
}

async function readAtEnd(file: string): Promise<LayerSide> {
  const stat = await lstat(file).catch(unlessMissing);
  if (!stat || (stat.isCharacterDevice() && stat.rdev === 0)) return { kind: 'missing' };
  if (stat.isSymbolicLink()) return { kind: 'link', target: await readlink(file) };
  if (stat.isDirectory()) return { kind: 'folder' };
  const read = await withRegularFile(file, (handle) => readAt(handle, 0, longestText + 1));
  if (!read) return { kind: 'special' };
  const { size } = stat;
  if (read.length > longestText) return { kind: 'binary', size };
  if (read.includes(0)) {
    const digest = createHash('sha256').update(read).digest('hex');
    return { kind: 'binary', size, digest };
  }
  return { kind: 'text', base64: read.toString('base64') };
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}

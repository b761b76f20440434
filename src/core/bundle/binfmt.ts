/**
 * Asks the kernel's binfmt_misc whether something on this machine runs foreign programs (qemu-user
 * does), for `checkCommand`. https://docs.kernel.org/admin-guide/binfmt-misc.html
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './fileProblem';
import { statInside } from '../fs/openInside';

/**
 * @param start the program's first bytes
 * @param rootfs where the handler's interpreter must be, unless the kernel holds it open (flag F)
 */
export async function binfmtHandles(
  start: Buffer,
  rootfs: string,
  folder = '/proc/sys/fs/binfmt_misc',
): Promise<boolean> {
  for (const name of await handlers(folder)) {
    const text = await readFile(path.join(folder, name), 'utf8');
    if (!text.startsWith('enabled') || !matches(text, start)) continue;
    const interpreter = field(text, 'interpreter');
    if (field(text, 'flags:').includes('F')) return true;
    if ((await statInside(rootfs, interpreter)) !== undefined) return true;
  }
  return false;
}

/** @returns the names of all that are registered and enabled */
export async function enabledHandlers(folder: string): Promise<string[]> {
  const names = await handlers(folder);
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return names.filter((_, index) => texts[index]!.startsWith('enabled')).sort();
}

async function handlers(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name !== 'register' && name !== 'status');
  } catch (error) {
    // Not in this kernel, not mounted, or not for us to see: then nothing handles anything.
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw error;
  }
}

/** Handlers by file name extension have no magic and match no program of a container here. */
function matches(handler: string, start: Buffer): boolean {
  const magic = Buffer.from(field(handler, 'magic'), 'hex');
  const mask = Buffer.from(field(handler, 'mask'), 'hex');
  const offset = Number(field(handler, 'offset') || '0');
  if (magic.length === 0 || start.length < offset + magic.length) return false;
  return magic.every((byte, at) => {
    const relevant = mask[at] ?? 0xff;
    return ((start[offset + at] ?? 0) & relevant) === (byte & relevant);
  });
}

function field(handler: string, name: string): string {
  const line = handler.split('\n').find((text) => text.startsWith(`${name} `));
  return line?.slice(name.length + 1).trim() ?? '';
}

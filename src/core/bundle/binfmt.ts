/**
 * What the kernel's binfmt_misc has registered, and whether one of it runs a program that this machine does not (qemu-user
 * does). For `checkCommand` and emulation.ts. https://docs.kernel.org/admin-guide/binfmt-misc.html
 */
import { promises as files } from 'node:fs';
import path from 'node:path';
import { codeOf } from './fileProblem';
import { statInside } from '../fs/openInside';

export interface Handler {
  readonly name: string;
  /** As the kernel shows it. */
  readonly text: string;
}

/**
 * @param start the program's first bytes
 * @param rootfs where the handler's interpreter must be, unless the kernel holds it open (flag F)
 */
export async function binfmtHandles(
  start: Buffer,
  rootfs: string,
  handlers: readonly Handler[],
): Promise<boolean> {
  for (const { text } of handlers) {
    if (!matches(text, start)) continue;
    const interpreter = field(text, 'interpreter');
    if (field(text, 'flags:').includes('F')) return true;
    if ((await statInside(rootfs, interpreter)) !== undefined) return true;
  }
  return false;
}

/** All that are registered and enabled, by name. @param folder where the kernel has its binfmt_misc */
export async function enabledHandlers(folder: string): Promise<Handler[]> {
  const names = (await handlerNames(folder)).sort();
  const all = await Promise.all(
    names.map(async (name) => ({
      name,
      text: await files.readFile(path.join(folder, name), 'utf8'),
    })),
  );
  return all.filter(({ text }) => text.startsWith('enabled'));
}

/** Of all that are registered, the disabled ones too. */
export async function handlerNames(folder: string): Promise<string[]> {
  try {
    const names = await files.readdir(folder);
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

/**
 * What an unpacked tree could not hold, beside its rootfs: an mtree(5) file with one line for each such
 * entry, which has what the file lacks and nothing else. An export gives it back.
 */
import type { TarEntry } from '../tar/tarEntry';

/** Beside config.json. */
export const notKeptFile = 'rootfs.mtree';

export const notKeptHeader = '#mtree\n# What the rootfs could not hold. See docs/images.md.\n';

export interface NotKept {
  readonly owner: boolean;
  readonly device: boolean;
  readonly xattrs: readonly (readonly [name: string, value: Buffer])[];
}

/** @param path of `pathOfEntry` */
export function notKeptLine(path: string, entry: TarEntry, lost: NotKept): string {
  const { type, uid, gid, mode, major, minor } = entry;
  const words = [nameInLine(path)];
  if (lost.device) {
    const device = type === 'link' ? [] : [`device=linux,${major},${minor}`];
    words.push(`type=${type}`, `mode=${mode.toString(8).padStart(4, '0')}`, ...device);
    if (entry.mtime !== undefined) words.push(`time=${mtreeTime(entry.mtime)}`);
    if (type === 'link') words.push(`link=${vis(entry.linkName.toString('latin1'))}`);
  }
  if (lost.owner || lost.device) words.push(`uid=${uid}`, `gid=${gid}`);
  for (const [name, value] of lost.xattrs)
    words.push(`xattr.${vis(name)}=${value.toString('base64')}`);
  return `${words.join(' ')}\n`;
}

/** The first word of its line. */
export function nameInLine(path: string): string {
  return `./${vis(path)}`;
}

/** Seconds and nanoseconds: what follows the dot is a number of its own, as mtree(5) has it. */
function mtreeTime(seconds: string): string {
  const [whole = '0', fraction = ''] = seconds.split('.');
  return `${whole}.${Number(fraction.padEnd(9, '0'))}`;
}

/** As vis(3) with VIS_OCTAL: what is no letter, digit or usual sign becomes `\ooo`. */
function vis(latin1: string): string {
  return latin1.replace(
    /[^A-Za-z0-9._/+,:@%^~-]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

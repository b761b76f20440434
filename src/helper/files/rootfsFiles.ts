/** What an editor does with single files of a rootfs: look, read, write, make, remove, rename, count. */
import {
  type RootfsEntry,
  type RootfsFileStat,
  type RootfsFileType,
  maxFileBytes,
  maxFolderEntries,
} from '../../protocol/rootfsFiles';
import { TerrariumError } from '../../core/errors';
import { type FileAnswer, type FileBundle, type FileIds, fileTool } from './fileTool';

/** Words of `put_status` in edit.c. */
const statWords = 10;

const types: Readonly<Record<string, RootfsFileType>> = { f: 'file', d: 'folder' };

/** @throws TerrariumError those of fileTool, here and below */
export async function statFile(bundle: FileBundle, path: string): Promise<RootfsFileStat> {
  return statOf(await fileTool(bundle, ['stat'], [path])).stat;
}

export async function readFile(
  bundle: FileBundle,
  path: string,
): Promise<{ readonly stat: RootfsFileStat; readonly content: Buffer }> {
  const { stat, rest } = statOf(await fileTool(bundle, ['read', String(maxFileBytes)], [path]));
  return { stat, content: rest };
}

export async function listFolder(bundle: FileBundle, path: string): Promise<RootfsEntry[]> {
  const { output } = await fileTool(bundle, ['list', String(maxFolderEntries)], [path]);
  const words = output.toString('utf8').split('\0').slice(0, -1);
  return words.map((word) => {
    const letter = word.slice(0, 1);
    const type = types[letter.toLowerCase()] ?? 'other';
    return { name: word.slice(1), type, isLink: /[A-Z]/.test(letter) };
  });
}

export interface WrittenFile {
  readonly content: Uint8Array;
  /** A tag, `none` or `any`. */
  readonly expected: string;
  readonly breakLinks: boolean;
}

/** @throws TerrariumError also `file-too-large` */
export async function writeFile(
  bundle: FileBundle,
  path: string,
  { content, expected, breakLinks }: WrittenFile,
): Promise<RootfsFileStat> {
  if (content.length > maxFileBytes)
    throw new TerrariumError(
      'file-too-large',
      `The content has more than ${maxFileBytes / 1024 / 1024} MiB.`,
      'Write it by a program in a terminal.',
    );
  const words = ['write', breakLinks ? 'break' : 'keep', String(content.length)] as const;
  return statOf(await fileTool(bundle, words, [path, expected], content)).stat;
}

export async function makeFolder(bundle: FileBundle, path: string): Promise<void> {
  await fileTool(bundle, ['mkdir'], [path]);
}

/** @param recursive a folder with what is in it */
export async function removeFile(bundle: FileBundle, path: string, recursive: boolean) {
  await fileTool(bundle, ['remove', recursive ? 'all' : 'one'], [path]);
}

export async function renameFile(bundle: FileBundle, path: string, to: string, overwrite: boolean) {
  await fileTool(bundle, ['rename', overwrite ? 'over' : 'keep'], [path, to]);
}

/** How many files and folders are below it; no more than `most` are counted. */
export async function countFiles(bundle: FileBundle, path: string, most: number): Promise<number> {
  const { output } = await fileTool(bundle, ['count', String(most)], [path]);
  return Number(output.toString('utf8').split('\0')[0]);
}

/** @returns what stands behind the words of `put_status` too */
function statOf({ output, ids }: FileAnswer): { stat: RootfsFileStat; rest: Buffer } {
  const words: string[] = [];
  let at = 0;
  while (words.length < statWords) {
    const end = output.indexOf(0, at);
    if (end < 0) throw new Error('terrarium-init file: its answer is too short');
    words.push(output.toString('utf8', at, end));
    at = end + 1;
  }
  return { stat: parseStat(words, ids), rest: output.subarray(at) };
}

function parseStat(words: readonly string[], ids: FileIds): RootfsFileStat {
  const [type = '', link, mode, uid, gid, size, mtime, ctime, links, tag = ''] = words;
  return {
    ...{ type: types[type] ?? 'other', isLink: link === 'link', mode: Number(mode) },
    ...(ids === 'same' && { uid: Number(uid), gid: Number(gid) }),
    ...{ size: Number(size), mtime: Number(mtime), ctime: Number(ctime) },
    ...{ links: Number(links), tag },
  };
}

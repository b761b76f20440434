/**
 * Copies the large files of a folder by reflink (ioctl_ficlone(2)), where the file system can: both copies then share
 * their blocks, and it takes no time. The machine's cp does it, confined, before tar copies all else. Called by
 * applyFolder.ts.
 */
import { constants } from 'node:fs';
import { chown, copyFile, open, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { TerrariumError } from '../../core/errors';
import { pathOf } from '../../core/fs/openDirectoryNoFollow';
import { withFileInside } from '../../core/fs/openInside';
import { shownName } from '../../core/image/entryName';
import { findTool } from '../host/hostTools';
import { readAttributes } from '../host/readAttributes';
import { type Other, endOf, killConfined } from './Confinement';
import type { ApplyOptions } from './applyLayer';
import type { Source } from './openSource';
import type { Reader } from './Reader';
import { judgeCopy } from './Unpacker';

/** In KiB: tar copies a smaller file as fast. */
const large = 128;
/** Their names are kept in memory. */
const maxFiles = 20_000;
/** Where owners have no id in the user namespace, they become root's by tar. */
const overflowId = 65534;

/** In the list of names that tar leaves out a line is trimmed, and a backslash means something. */
const plainName = /^[!-[\]-~\u0080-\u00ff]([ -[\]-~\u0080-\u00ff]*[!-[\]-~\u0080-\u00ff])?$/;

type Folder = Extract<Source, { kind: 'folder' }>;

/** To read and to search, whoever's the files are. */
const reading = '-all,+dac_override,+dac_read_search';

/** @returns what was copied, as tar names it @throws TerrariumError `folder-changed`, `unpack-failed` */
export async function cloneLarge(
  { folder, upper, reader }: Folder,
  options: ApplyOptions,
): Promise<readonly Buffer[]> {
  const { scratch } = options;
  // An overlay clones within itself alone.
  if (upper || !findTool('find') || !findTool('xargs')) return [];
  const probe = path.join(scratch, 'block');
  await writeFile(probe, Buffer.alloc(4096));
  if (!(await clones(probe, scratch))) return [];
  const way = await realpath(pathOf(folder));
  const found = await findLarge(pathOf(folder), reader, options);
  const attributes = readAttributes(folder, found);
  const names = found.filter((_, at) => attributes[at]?.size === 0);
  const [first] = names.filter((name) => /^[\x20-\x7e]+$/.test(name.toString('latin1')));
  if (!first || !(await isClonable(way, first.toString(), reader, scratch))) return [];
  await copy(names, { handle: folder, way }, reader, options);
  await requireAsFound(names, options);
  options.policy.entries += names.length;
  return names;
}

/** Whether a file of the folder can be. */
async function isClonable(
  folder: string,
  name: string,
  reader: Reader,
  scratch: string,
): Promise<boolean> {
  const file = await reader
    .opening(() => withFileInside(folder, name, (held) => open(pathOf(held), 'r')))
    .catch(() => undefined); // tar says why it cannot be read
  if (!file) return false;
  try {
    return await clones(pathOf(file), scratch);
  } finally {
    await file.close();
  }
}

/** Whether a file can be cloned to a folder. */
async function clones(file: string, folder: string): Promise<boolean> {
  const copied = path.join(folder, 'clone');
  try {
    await copyFile(file, copied, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false; // EOPNOTSUPP, EXDEV, EINVAL …: what is wrong beside that, tar meets as well
  } finally {
    await rm(copied, { force: true });
  }
}

/**
 * Regular files of one name, without a set-user-ID or set-group-ID bit, whose owners can be given to them: a program
 * that has the rights of the person gives none but theirs.
 */
async function findLarge(
  folder: string,
  { user, person }: Reader,
  { confinement, meter }: ApplyOptions,
): Promise<readonly Buffer[]> {
  const tests = ['-xdev', '-type', 'f', '-links', '1', '-size', `+${large - 1}k`];
  const theirs = person
    ? ['-uid', String(person.uid), '-gid', String(person.gid), '-readable']
    : [];
  const child = await confinement.run(
    'find',
    ['/', ...tests, ...theirs, '!', '-perm', '/6000', '-printf', '%U %G %P\\0'],
    { folder, isSource: true, ...(user ? { user } : { capabilities: reading }) },
  );
  const end = endOf(child);
  child.stdin.end();
  const found: Buffer[] = [];
  try {
    for await (const line of linesOf(child.stdout)) {
      meter.unpacked(0);
      const [, uid, gid, name] = /^(\d+) (\d+) (.*)$/s.exec(line)!;
      const isForeign = [uid, gid].some((id) => Number(id) === overflowId);
      if ((confinement.ids === 'all' || !isForeign) && plainName.test(name!))
        found.push(Buffer.from(name!, 'latin1'));
      if (found.length >= maxFiles) break;
    }
  } finally {
    killConfined(child);
  }
  await end; // what find could not read, tar cannot
  return found;
}

async function copy(
  names: readonly Buffer[],
  from: Other,
  { user, person }: Reader,
  { confinement, meter, unpacker }: ApplyOptions,
): Promise<void> {
  // Nobody else reaches the folder that it is in; tar gives owners to it and to those below.
  if (person) await chown(unpacker.folder, person.uid, person.gid);
  // With --parents a folder gets its attributes; tar gives it those that it is to have. A FIFO that has taken the place
  // of a file would be read for ever without --recursive.
  const words = [
    '--recursive',
    '--no-dereference',
    '--preserve=mode,ownership,timestamps',
    '--sparse=auto',
  ];
  const child = await confinement.run(
    'xargs',
    (call) => [
      ...['-0', ...call('cp'), ...words, '--reflink=auto', '--parents', '--verbose'],
      ...['--target-directory=/to', '--'],
    ],
    {
      ...{ folder: unpacker.folder, from, others: ['cp'] },
      ...(user
        ? { user }
        : { capabilities: '-all,+chown,+dac_override,+dac_read_search,+fowner,+fsetid' }),
    },
  );
  const end = endOf(child);
  const [before, after] = [Buffer.from('/from/'), Buffer.alloc(1)];
  child.stdin.end(Buffer.concat(names.flatMap((name) => [before, name, after])));
  let isWhole = false;
  try {
    // A line for each file: as much as is needed to be cancelled.
    const lines = (child.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    while (!(await lines.next()).done) meter.unpacked(0);
    isWhole = true;
  } finally {
    if (!isWhole) killConfined(child);
  }
  const ended = await end;
  if (person) await chown(unpacker.folder, 0, 0);
  unpacker.warnings.push(...judgeCopy(ended));
}

/**
 * Who writes to the folder may have put something else in the place of a file, or a set-user-ID bit on it, which nobody
 * would be told of. Nobody but the import reaches the copies.
 */
async function requireAsFound(
  names: readonly Buffer[],
  { confinement, unpacker, meter }: ApplyOptions,
): Promise<void> {
  const known = new Set(names.map((name) => name.toString('latin1')));
  const child = await confinement.run(
    'find',
    ['/', '!', '-type', 'd', '-printf', '%y%n %04m %P\\0'],
    { folder: unpacker.folder, isSource: true, capabilities: reading },
  );
  const end = endOf(child);
  child.stdin.end();
  for await (const line of linesOf(child.stdout)) {
    meter.unpacked(0);
    const [, name] = /^f1 [01][0-7]{3} (.*)$/s.exec(line) ?? [];
    if (name !== undefined && known.has(name)) continue;
    killConfined(child);
    throw new TerrariumError(
      'folder-changed',
      `The folder was changed while it was copied: ${shownName(line.replace(/^\S+ \S+ /, ''))} is not what it was.`,
      'Import it again when nothing writes to it.',
    );
  }
  await end;
}

/** What find(1) prints with a NUL behind it. */
async function* linesOf(stdout: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const bytes of stdout as AsyncIterable<Buffer>) {
    const lines = (rest + bytes.toString('latin1')).split('\0');
    rest = lines.pop()!;
    yield* lines;
  }
}

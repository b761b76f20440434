/**
 * An import that the editor asks a helper as root for gives nobody more of the machine than they have: what it reads
 * is open to the person, and so is the folder that it makes the bundle in. This tells it early, and in plain words;
 * Reader.ts is what holds while the source is read. Called by importBundle.ts.
 */
import { constants } from 'node:fs';
import { mkdtemp, open, realpath, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import type { OpenFile } from '../../core/fs/files';
import { pathOf } from '../../core/fs/openDirectoryNoFollow';
import type { Distribution } from '../../core/image/distribution';
import { folderOfContainer, isContainer } from '../../core/image/containerSource';
import { isReference } from '../../core/image/reference';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Person } from './personsProgram';
import { withRightsOf } from './Reader';

/** @param source undefined where the helper vouches for it @throws TerrariumError `source-unreadable`, `parent-refused` */
export async function requireRights(
  source: string | Distribution | undefined,
  parent: { readonly shown: string; readonly held: OpenFile },
  person: Person,
): Promise<void> {
  await withRightsOf(person, async () => {
    if (typeof source === 'string' && !isReference(source))
      await requireReadable(isContainer(source) ? folderOfContainer(source) : source);
    await requireWritable(parent);
  });
}

async function requireReadable(source: string): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  try {
    await (await open(await realpath(source), flags)).close();
  } catch (error) {
    if (!isRefused(error)) return; // what else is wrong with it is told where it is opened
    throw new TerrariumError(
      'source-unreadable',
      `${escapeControlCharacters(source)} may not be read by you (${codeOf(error)}).`,
      'Import it on the command line, with sudo before it.',
      { cause: error },
    );
  }
}

async function requireWritable(parent: { shown: string; held: OpenFile }): Promise<void> {
  try {
    await rmdir(await mkdtemp(path.join(pathOf(parent.held), '.terrarium-')));
  } catch (error) {
    if (!isRefused(error)) return; // makeBundle says what is wrong with it
    throw refusedParent(parent.shown, error);
  }
}

export function refusedParent(shown: string, error: unknown): TerrariumError {
  return new TerrariumError(
    'parent-refused',
    `You may not make a folder in ${escapeControlCharacters(shown)} (${codeOf(error)}).`,
    'Choose a folder that you may write to.',
    { cause: error },
  );
}

export function isRefused(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(codeOf(error) ?? '');
}

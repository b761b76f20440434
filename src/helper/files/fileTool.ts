/**
 * Runs `terrarium-init file` (src/init/edit.c) on the rootfs of a bundle: Node has neither openat2(2) nor extended
 * attributes. The program gets the rootfs as a descriptor.
 */
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { openDirectoryNoFollow } from '../../core/fs/openDirectoryNoFollow';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { filesNeedRoot } from '../../core/text/remedies';
import { maxFileBytes } from '../../protocol/rootfsFiles';
import { type InitEnd, namespaceWords, notMapped, runInit } from '../host/runInit';

export type FileBundle = Pick<Bundle, 'path' | 'name' | 'rootfs'>;

/** Exit statuses of edit.h, from 2 on. */
const codes = [
  ...['file-refused', 'file-missing', 'file-exists', 'file-not-regular', 'file-changed'],
  ...['file-linked', 'file-mounted', 'file-too-large', 'file-owner-unknown', 'file-is-folder'],
] as const;

/** With the rights of this process, or in a user namespace with the person's subordinate ids. */
export type FileIds = 'same' | 'mapped';

export interface FileAnswer {
  readonly output: Buffer;
  readonly ids: FileIds;
}

/**
 * @param action with what follows it: `write`, `keep`
 * @param paths inside the rootfs, and what else stands before the content
 * @throws TerrariumError one of `codes`, `file-failed`
 */
export async function fileTool(
  bundle: FileBundle,
  [action, ...rest]: readonly [string, ...string[]],
  paths: readonly [string, ...string[]],
  content: Uint8Array = new Uint8Array(),
): Promise<FileAnswer> {
  const input = Buffer.concat([Buffer.from(paths.map((path) => `${path}\0`).join('')), content]);
  const rootfs = await openDirectoryNoFollow(bundle.rootfs);
  try {
    const run = async (ids: FileIds) => {
      const before = ids === 'mapped' ? namespaceWords() : undefined;
      const end = await runInit(['file', action, ids, ...rest], input, [rootfs.fd], before);
      // It was killed: what it may have left goes at once.
      if (end.status === null && action === 'write')
        await runInit(['file', 'sweep', ids], input, [rootfs.fd], before);
      return end;
    };
    const plain = await run('same');
    const mayBeMapped = process.geteuid!() !== 0 && namespaceWords() !== undefined;
    // Files that a rootless container makes belong to subordinate ids of its person.
    if (codeOf(plain) !== 'file-refused' || !mayBeMapped)
      return { output: outputOf(bundle, paths, plain), ids: 'same' };
    const mapped = await run('mapped');
    const told = mapped.status === notMapped ? plain : mapped;
    return { output: outputOf(bundle, paths, told), ids: 'mapped' };
  } finally {
    await rootfs.close();
  }
}

function codeOf({ status }: InitEnd): (typeof codes)[number] | undefined {
  return codes[(status ?? 0) - 2];
}

function outputOf(
  { name }: FileBundle,
  [first, second]: readonly [string, ...string[]],
  end: InitEnd,
): Buffer {
  if (end.status === 0) return end.output;
  const code = codeOf(end);
  const reason = escapeControlCharacters(end.errors.trim()) || `exit status ${end.status}`;
  const file = escapeControlCharacters(first);
  const place = `${file} in the rootfs of “${escapeControlCharacters(name)}”`;
  switch (code) {
    case 'file-refused':
      throw new TerrariumError(code, `${place} is refused: ${reason}.`, filesNeedRoot);
    case 'file-missing':
      throw new TerrariumError(code, `${place} is not there: ${reason}.`, 'Refresh the Explorer.');
    case 'file-exists':
      throw new TerrariumError(
        code,
        second?.startsWith('/')
          ? `${escapeControlCharacters(second)} is there already: ${reason}.`
          : `${place} is there already, or is not empty: ${reason}.`,
        'Choose another name, or remove it first.',
      );
    case 'file-not-regular':
      throw new TerrariumError(
        code,
        `${place} is no regular file.`,
        'A device, a pipe or a socket has no text to edit.',
      );
    case 'file-changed':
      throw new TerrariumError(
        code,
        `${place} has changed since it was opened.`,
        'Save again to replace what is there now, or “Revert File” to see it.',
      );
    case 'file-linked':
      throw new TerrariumError(
        code,
        `${place} has other names (hard links), which would keep the old content.`,
        'Save it as a file of its own (“--break-links” on the command line).',
      );
    case 'file-mounted':
      throw new TerrariumError(
        code,
        `Something is mounted on the way to ${place}.`,
        'Unmount it first: its files are none of the rootfs.',
      );
    case 'file-too-large':
      throw new TerrariumError(
        code,
        `${place} is larger than ${maxFileBytes / 1024 / 1024} MiB.`,
        'Edit it by a program in a terminal.',
      );
    case 'file-owner-unknown':
      throw new TerrariumError(
        code,
        `${place} belongs to a user whom your subordinate ids do not have: ${reason}.`,
        filesNeedRoot,
      );
    case 'file-is-folder':
      throw new TerrariumError(code, `${place} is a folder.`, 'Choose a file in it.');
    case undefined:
      throw new TerrariumError(
        'file-failed',
        `${place} could not be used: ${reason}.`,
        'Look at what the reason names, and try again.',
      );
  }
}

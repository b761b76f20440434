/** The words of `file`. Pure; called by parseCall.ts. */
import type { FolderKind } from '../../protocol/container';
import {
  type ParsedWords,
  UsageError,
  bundleOptions,
  folderOf,
  kindOf,
  quoted,
  refusePayload,
  taskOf,
} from './callWords';

const tasks = ['stat', 'list', 'read', 'write', 'mkdir', 'remove', 'rename', 'count'] as const;

export interface FileCall {
  readonly command: 'file';
  readonly task: (typeof tasks)[number];
  readonly folder: string;
  readonly kind: FolderKind | undefined;
  readonly path: string;
  /** Of `rename`. */
  readonly to: string;
  /** Of `count`. */
  readonly most: number;
  readonly recursive: boolean;
  readonly breakLinks: boolean;
}

export const fileOptions = {
  ...bundleOptions,
  recursive: 'boolean',
  'break-links': 'boolean',
} as const;

/** @throws UsageError */
export function fileCall(words: ParsedWords): FileCall {
  refusePayload(words, 'Name the folder, and behind it a path inside its rootfs.');
  const [, folder, ...given] = words.positionals;
  const task = taskOf(words, tasks);
  folderOf({ ...words, command: `file ${task}`, positionals: folder ? [folder] : [] }, 1, '');
  const second = task === 'rename' || task === 'count';
  const [path, last = ''] = given;
  if (path === undefined || given.length !== (second ? 2 : 1))
    throw new UsageError(
      `“file ${task}” takes ${second ? 'two words' : 'one path'} behind the folder.`,
      task === 'rename'
        ? 'Give the path, and the new one.'
        : task === 'count'
          ? 'Give the path, and how many are counted at most.'
          : 'Give one path inside the rootfs.',
    );
  if (task === 'count' && !/^\d{1,9}$/.test(last))
    throw new UsageError(`${quoted(last)} is no number.`, 'Give how many are counted at most.');
  return {
    ...{ command: 'file', task, folder: folder!, kind: kindOf(words) },
    ...{ path: absolute(path), to: absolute(last), most: Number(last) || 0 },
    ...{ recursive: words.flags.has('recursive'), breakLinks: words.flags.has('break-links') },
  };
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

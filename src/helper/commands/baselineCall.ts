/** The words of `baseline`. Pure; called by parseCall.ts. */
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

const tasks = ['mark', 'changes', 'show', 'forget'] as const;

export interface BaselineCall {
  readonly command: 'baseline';
  readonly task: (typeof tasks)[number];
  readonly folder: string;
  readonly kind: FolderKind | undefined;
  /** Relative to the rootfs: of `show` one; of `changes` those that are compared, or none for all. */
  readonly paths: readonly string[];
  readonly json: boolean;
  readonly progress: boolean;
  /** Of `mark`: the baseline before stays where so many, or more, could not be read. */
  readonly fewerUnreadThan: number | undefined;
}

export const baselineOptions = {
  ...bundleOptions,
  json: 'boolean',
  progress: 'boolean',
  'fewer-unread-than': 'string',
} as const;

/** @throws UsageError */
export function baselineCall(words: ParsedWords): BaselineCall {
  refusePayload(words, 'Name the folder, and behind it paths inside its rootfs.');
  const [, ...positionals] = words.positionals;
  const task = taskOf(words, tasks);
  const most = { mark: 1, changes: Infinity, show: 2, forget: 1 }[task];
  const named = { ...words, command: `baseline ${task}`, positionals };
  const [folder, ...given] = folderOf(named, most, 'It is for the whole rootfs, or one path.');
  if (task === 'show' && given.length === 0)
    throw new UsageError('“baseline show” is given without a PATH.', 'Name a file of the rootfs.');
  refuseOptions(words, task);
  return {
    ...{ command: 'baseline', task, folder, kind: kindOf(words), paths: given.map(pathInside) },
    ...{ json: words.flags.has('json'), progress: words.flags.has('progress') },
    fewerUnreadThan: countOf(words.values.get('fewer-unread-than')),
  };
}

const optionsOf: Readonly<Record<string, BaselineCall['task']>> = {
  json: 'changes',
  progress: 'mark',
  'fewer-unread-than': 'mark',
};

function refuseOptions({ flags, values }: ParsedWords, task: BaselineCall['task']): void {
  for (const option of [...flags, ...values.keys()]) {
    const owner = optionsOf[option];
    if (owner === undefined || owner === task) continue;
    throw new UsageError(
      `“baseline ${task}” has no option --${option}.`,
      `It is one of “baseline ${owner}”: leave it out.`,
    );
  }
}

/** `/etc/motd` is `etc/motd`. @throws UsageError for what no file of a rootfs is called */
function pathInside(given: string): string {
  const names = given.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..'))
    throw new UsageError(
      `${quoted(given)} leads out of the rootfs.`,
      'Name the file without “..”.',
    );
  return names.join('/') || '.';
}

function countOf(value: string | undefined): number | undefined {
  if (value !== undefined && !/^\d{1,9}$/.test(value))
    throw new UsageError(
      `${quoted(value)} is no number.`,
      'Give how many files could not be read.',
    );
  return value === undefined ? undefined : Number(value);
}

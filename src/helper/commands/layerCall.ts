/** The words of `changes` and `layer`. Pure; called by parseCall.ts. */
import type { FolderKind } from '../../protocol/container';
import { type ExportCall, exportCall, exportOptions } from './exportCall';
import {
  type ParsedWords,
  UsageError,
  bundleOptions,
  folderOf,
  kindOf,
  refusePayload,
  taskOf,
} from './callWords';

const layerTasks = ['apply', 'discard', 'remove', 'save', 'size'] as const;

export interface ChangesCall {
  readonly command: 'changes';
  readonly folder: string;
  readonly kind: FolderKind | undefined;
  readonly json: boolean;
}

export interface LayerCall {
  readonly command: 'layer';
  readonly task: Exclude<(typeof layerTasks)[number], 'save'>;
  readonly folder: string;
  readonly kind: FolderKind | undefined;
  /** Of changes; none for all of them. */
  readonly paths: readonly string[];
}

export const changesOptions = { ...bundleOptions, json: 'boolean' } as const;
/** Most of them are those of `save`. */
export const layerOptions = exportOptions;

export function changesCall(words: ParsedWords): ChangesCall {
  refusePayload(words, 'Name the folder alone.');
  const [folder] = folderOf(words, 1, 'List the changes of one container at a time.');
  return { command: 'changes', folder, kind: kindOf(words), json: words.flags.has('json') };
}

/** @throws UsageError, and as exportCall */
export function layerCall(words: ParsedWords): LayerCall | ExportCall {
  refusePayload(words, 'Name the folder, and behind it the paths that are meant.');
  const [, folder, ...given] = words.positionals;
  const task = taskOf(words, layerTasks);
  if (task === 'save') {
    const [, ...positionals] = words.positionals;
    return exportCall({ ...words, command: 'layer save', positionals }, { layer: true });
  }
  const [option] = [...words.values.keys(), ...words.flags].filter(isOfSave);
  if (option !== undefined)
    throw new UsageError(
      `“layer ${task}” has no option --${option}.`,
      'It is one of “layer save”: leave it out.',
    );
  const named = { ...words, command: `layer ${task}`, positionals: folder ? [folder] : [] };
  folderOf(named, 1, '');
  const paths = given.map((path) => path.replace(/^\/+|\/+$/g, '') || '.');
  const takesNone = task === 'remove' || task === 'size';
  if (takesNone && given.length > 0)
    throw new UsageError(
      `“layer ${task}” takes no path.`,
      'It is for the whole layer: name the folder alone.',
    );
  return { command: 'layer', task, folder: folder!, kind: kindOf(words), paths };
}

function isOfSave(option: string): boolean {
  return option !== 'bundle' && option !== 'folder';
}

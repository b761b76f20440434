/** A change of a scratch layer as a line for people, and its letter. Pure; for the command line and for the editor. */
import type { ChangeKind, LayerChange } from '../../protocol/layer';
import { foldersAbove } from '../fs/foldersAbove';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** As git(1) has them, and O for an opaque folder, P for permissions. */
export const changeLetters: Readonly<Record<ChangeKind, string>> = {
  added: 'A',
  modified: 'M',
  deleted: 'D',
  renamed: 'R',
  replaced: 'O',
  type: 'T',
  metadata: 'P',
};

/** `R  etc/old -> etc/new`; a folder ends with a slash. */
export function changeLine(change: LayerChange): string {
  const { kind, path, from, type, was } = change;
  const isFolder = (kind === 'deleted' ? was : type) === 'd';
  const name = `${escapeControlCharacters(path)}${isFolder && path !== '.' ? '/' : ''}`;
  const shown = from === undefined ? name : `${escapeControlCharacters(from)} -> ${name}`;
  const more = metadataOf(change);
  return `${changeLetters[kind]}  ${shown}${more.length > 0 ? `  (${more.join(', ')})` : ''}`;
}

/** What of its metadata is different. */
export function metadataOf({
  mode,
  owner,
  attributes,
}: Pick<LayerChange, 'mode' | 'owner' | 'attributes'>): string[] {
  return [
    ...(mode ? ['mode'] : []),
    ...(owner ? ['owner'] : []),
    ...(attributes ? ['extended attributes'] : []),
  ];
}

/**
 * The paths that say these changes to the layer: both names of a rename, and none of what goes with a folder above it,
 * which is applied or discarded with all that is in it.
 */
export function pathsOf(changes: readonly LayerChange[]): string[] {
  const whole = new Set(
    changes
      .filter(({ kind, type }) => type === 'd' && kind !== 'metadata' && kind !== 'modified')
      .map(({ path }) => path),
  );
  return changes
    .filter(({ path }) => !foldersAbove(path).some((folder) => whole.has(folder)))
    .flatMap(({ path, from }) => (from === undefined ? [path] : [path, from]));
}

export function byPath(one: LayerChange, other: LayerChange): number {
  return one.path < other.path ? -1 : 1;
}

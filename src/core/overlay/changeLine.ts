/** A change of a scratch layer as a line for people, and its letter. Pure; for the command line and for the editor. */
import type { ChangeKind, LayerChange } from '../../protocol/layer';
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

/** The paths in the layer that a change is made of: both names of a rename. */
export function pathsOf(change: Pick<LayerChange, 'path' | 'from'>): string[] {
  return change.from === undefined ? [change.path] : [change.path, change.from];
}

/**
 * Whether a save may replace what is there now. VS Code itself asks where a file is newer and of another size than the
 * one that it read; of all other changes it knows nothing. Pure.
 */
import type { RootfsFileStat } from '../../protocol/rootfsFiles';

export type KnownFile = Pick<RootfsFileStat, 'tag' | 'size' | 'mtime'>;

/**
 * @param read what the editor has read or saved last
 * @param now what is there
 * @param refused the tag for which a save was refused before: who saves once more wants it
 */
export function mayReplace(
  read: KnownFile | undefined,
  now: KnownFile,
  refused: string | undefined,
): boolean {
  if (!read || read.tag === now.tag || refused === now.tag) return true;
  return now.mtime > read.mtime && now.size !== read.size;
}

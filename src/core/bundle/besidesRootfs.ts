/**
 * Lists the other files of a bundle beside its config.json and its rootfs, before the whole folder is
 * deleted: for the editor's question, and in the helper, which does not trust the editor's check.
 */
import { readdir } from 'node:fs/promises';
import { layerFolderName } from '../config/scratchLayer';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** What a bundle is made of. */
const ofContainer: readonly string[] = ['config.json', 'rootfs', layerFolderName];

/** So many names are enough to know what is meant. */
const namesShown = 3;

/**
 * A config.json can be put into any folder, also into one that holds a whole project. A further folder
 * is not the container's, whatever it is: other bundles, sources, a repository's `.git`.
 * @param bundle path of a folder with config.json and rootfs; that of a descriptor where it is to be deleted
 * @param shown its path for people
 * @returns the names of further files, raw, sorted
 * @throws TerrariumError `more-than-bundle` where it holds further folders
 */
export async function besidesRootfs(bundle: string, shown = bundle): Promise<string[]> {
  const entries = (await readdir(bundle, { withFileTypes: true }))
    .filter(({ name }) => !ofContainer.includes(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (folders.length > 0)
    throw new TerrariumError(
      'more-than-bundle',
      `${escapeControlCharacters(shown)} is not deleted: beside config.json and rootfs it holds ${naming(folders)}.`,
      'Move that elsewhere first, or delete what you mean in the Explorer.',
    );
  return entries.map(({ name }) => name);
}

/** Names for a sentence: the first ones, and how many more there are. */
export function naming(names: readonly string[]): string {
  const more = names.length - namesShown;
  const shown = names.slice(0, namesShown).map((name) => `“${escapeControlCharacters(name)}”`);
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

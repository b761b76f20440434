/** What a container is called that is made of a file or folder: a name that `validateName` takes. Pure. */
import { validateName } from '../../core/bundle/validateName';

/** Endings that say how an archive is packed, and nothing about what it is. */
const packing = /\.(?:tar|tgz|txz|tzst|tbz2?|gz|xz|zst|bz2|oci|img)$/i;
/** As many characters as leave room for a number below the longest name. */
const maxLength = 56;

export function nameFromFile(file: string): string {
  let name = file.replace(/\/+$/, '').replace(/^.*\//s, '');
  while (packing.test(name)) name = name.replace(packing, '');
  const made = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, maxLength)
    .replace(/[.-]+$/, '');
  return validateName(made) === undefined ? made : 'imported';
}

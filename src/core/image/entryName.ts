/**
 * The name of an entry of an archive, as a path below the root; and what it means in a layer (image-spec,
 * layer.md). Names are bytes: they stand here one character for each (latin1).
 */
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** PATH_MAX, with its NUL. */
const maxPath = 4096;
const maxName = 255;

/**
 * Absolute names are taken below the root, as every unpacker does.
 * @returns without a slash at its ends; empty for the root itself
 * @throws TerrariumError `entry-outside`
 */
export function pathOfEntry(name: Buffer): string {
  const text = name.toString('latin1');
  const usual = /^(?:\.\/)?((?:[^./\0][^/\0]{0,254}\/)*[^./\0][^/\0]{0,254})\/?$/.exec(text)?.[1];
  if (usual !== undefined && text.length < maxPath) return usual;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const bad =
    text === ''
      ? 'has no name'
      : parts.includes('..')
        ? 'has “..” in its name'
        : text.includes('\0')
          ? 'has a NUL in its name'
          : text.length >= maxPath || parts.some((part) => part.length > maxName)
            ? 'has a name that is too long for Linux'
            : undefined;
  if (bad === undefined) return parts.join('/');
  throw new TerrariumError(
    'entry-outside',
    `An entry of the archive ${bad}: ${shownName(text)}.`,
    'No archive of a root filesystem has such an entry. Do not use it, or make it anew without it.',
  );
}

/** For people: UTF-8 where it is, at most 200 characters. */
export function shownName(latin1: string): string {
  const text = Buffer.from(latin1.slice(0, 400), 'latin1').toString('utf8');
  return escapeControlCharacters(text).slice(0, 200) || '“”';
}

export type LayerName =
  | { readonly kind: 'entry' }
  /** Takes one name of the layers below away. */
  | { readonly kind: 'whiteout'; readonly path: string }
  /** Takes all children of a folder of the layers below away. */
  | { readonly kind: 'opaque'; readonly path: string }
  /** Metadata of aufs, such as `.wh..wh.plnk`. */
  | { readonly kind: 'reserved' };

/** @throws TerrariumError `whiteout-invalid` */
export function layerNameOf(path: string): LayerName {
  const slash = path.lastIndexOf('/');
  const base = path.slice(slash + 1);
  if (!base.startsWith('.wh.')) {
    // Something below a whiteout belongs to aufs.
    return path.startsWith('.wh.') || path.includes('/.wh.')
      ? { kind: 'reserved' }
      : { kind: 'entry' };
  }
  const folder = path.slice(0, Math.max(slash, 0));
  if (base === '.wh..wh..opq') return { kind: 'opaque', path: folder };
  if (base.startsWith('.wh..wh.')) return { kind: 'reserved' };
  const name = base.slice('.wh.'.length);
  if (name === '' || name === '.' || name === '..')
    throw new TerrariumError(
      'whiteout-invalid',
      `A layer of the image has a whiteout of no file: ${shownName(path)}.`,
      'Save the image anew.',
    );
  return { kind: 'whiteout', path: folder === '' ? name : `${folder}/${name}` };
}

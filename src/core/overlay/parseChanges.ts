/** What `terrarium-init layer changes` prints (src/init/changes.c), as changes. Pure. */
import { LayerChange, type LayerChanges } from '../../protocol/layer';
import { TerrariumError } from '../errors';
import { byPath } from './changeLine';

/** KIND TYPES METADATA ORIGIN SIZE LINK PATH */
export const wordsOfChange = 7;

/** Stands in the place of a change where there are more of them. */
export const endsEarly = 'more';

export interface Told {
  readonly change: LayerChange;
  /** The file of the rootfs that it was, or the rootfs's file that is gone. */
  readonly origin: string;
}

/**
 * @param said words, each ended by a NUL
 * @throws TerrariumError `changes-unreadable`
 */
export function parseChanges(said: Buffer): LayerChanges {
  const words = said.toString('utf8').split('\0');
  const more = words.at(-2) === endsEarly;
  const all = words.slice(0, more ? -2 : -1);
  if (words.at(-1) !== '' || all.length % wordsOfChange !== 0) throw unreadable();
  const told: Told[] = [];
  for (let at = 0; at < all.length; at += wordsOfChange)
    told.push(parseChange(all.slice(at, at + wordsOfChange)));
  return { changes: withRenames(told).sort(byPath), more };
}

/** @throws TerrariumError `changes-unreadable` */
export function parseChange(words: readonly string[]): Told {
  const [kind, types = '', metadata = '', origin = '', size, target, path] = words;
  const { data } = LayerChange.safeParse({
    ...{ kind, path, size: Number(size), type: types[0], was: types[1] },
    mode: metadata.includes('m'),
    owner: metadata.includes('o'),
    attributes: metadata.includes('x'),
    ...(target ? { target } : {}),
  });
  if (!data) throw unreadable();
  return { change: data, origin };
}

/**
 * A rename inside is a copy with a new name and a whiteout; the copy knows of which file (`overlay.origin`), where the
 * file system has handles of files and root has made the overlay. Of a file with several names the rootfs has lost
 * one, so that it is the rename of one alone.
 */
export function withRenames(told: readonly Told[]): LayerChange[] {
  const deleted = new Map(
    told.flatMap(({ change, origin }) =>
      change.kind === 'deleted' && origin !== '' ? [[origin, change] as const] : [],
    ),
  );
  const renamed = new Map<LayerChange, string>();
  for (const { change, origin } of told) {
    const from = change.kind === 'added' ? deleted.get(origin) : undefined;
    if (!from) continue;
    renamed.set(change, from.path);
    deleted.delete(origin);
  }
  const gone = new Set(renamed.values());
  return told.flatMap(({ change }): LayerChange[] => {
    if (change.kind === 'deleted' && gone.has(change.path)) return [];
    const from = renamed.get(change);
    return [from === undefined ? change : { ...change, kind: 'renamed', from, was: 'f' }];
  });
}

export function unreadable(): TerrariumError {
  return new TerrariumError(
    'changes-unreadable',
    'The list of changes of the scratch layer is none.',
    'Install the extension anew, and report this.',
  );
}

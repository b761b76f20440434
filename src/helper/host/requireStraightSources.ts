/**
 * A mount's source that lies in the bundle has to be there itself. A symlink on the way would show
 * something else of the machine than config.json says, and may be one that a container has put there:
 * the rootfs and what is bound into it are its to write. Called by gatherFacts.ts.
 */
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isBelow } from '../../core/fs/isBelow';
import type { Bundle } from '../../core/bundle/loadBundle';
import { isBind, sourceOf } from '../../core/config/mountKinds';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/** @throws TerrariumError `mount-source-link` */
export async function requireStraightSources(bundle: Bundle): Promise<void> {
  for (const mount of bundle.config.mounts) {
    if (!isBind(mount)) continue;
    const link = await linkIn(bundle.path, sourceOf(bundle, mount.source));
    if (link === undefined) continue;
    throw new TerrariumError(
      'mount-source-link',
      `“${escapeControlCharacters(bundle.name)}”: what is to be bound to ${escapeControlCharacters(mount.destination)} is reached by ${escapeControlCharacters(link)}, which is a symlink.`,
      'Have "source" in config.json name the place that it leads to, if that is what you want to show.',
    );
  }
}

/** The first symlink on the way that lies in the folder; undefined also where the way ends before. */
async function linkIn(folder: string, source: string): Promise<string | undefined> {
  let here = '/';
  for (const name of source.split('/').filter(Boolean)) {
    const next = path.join(here, name);
    const isLink = await lstat(next).then(
      (found) => found.isSymbolicLink(),
      () => undefined,
    );
    if (isLink === undefined) return undefined;
    if (isLink && isBelow(next, folder)) return next;
    here = isLink ? await realpath(next).catch(() => '') : next;
    if (here === '') return undefined;
  }
  return undefined;
}

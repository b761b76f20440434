/**
 * A mount source below the bundle or its rootfs must have no symlink in its path. A container can write to the rootfs
 * and to what is bound into it: a symlink of its own would mount another file of the machine than
 * config.json names. Called by gatherFacts.ts.
 */
import { lstat, realpath } from '../../core/fs/files';
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
    const source = sourceOf(bundle, mount.source);
    const link = (await linkIn(bundle.path, source)) ?? (await linkIn(bundle.rootfs, source));
    if (link === undefined) continue;
    throw new TerrariumError(
      'mount-source-link',
      `“${escapeControlCharacters(bundle.name)}”: what is to be bound to ${escapeControlCharacters(mount.destination)} is reached by ${escapeControlCharacters(link)}, which is a symlink.`,
      'Have "source" in config.json name the place that it leads to, if that is what you want to show.',
    );
  }
}

/** The first symlink of the path below the folder; undefined too for a path that does not exist. */
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

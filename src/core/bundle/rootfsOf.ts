/**
 * Finds the rootfs that `root.path` of a config.json names: below its bundle, or below a folder that the person has
 * allowed. A link on the way could lead anywhere, so none is followed below either.
 */
import { lstat, realpath } from '../fs/files';
import path from 'node:path';
import { TerrariumError } from '../errors';
import { codeOf } from '../fs/codeOf';
import { isBelow } from '../fs/isBelow';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { allowRootfs } from '../text/remedies';
import { whoElseWrites } from './whoElseWrites';

/**
 * Folders outside of a bundle below which its rootfs may lie. They are the person's choice, of an option or of a
 * setting of the machine, and never that of a repository.
 */
export interface AllowedFolders {
  /** Absolute. */
  readonly folders: readonly string[];
  /** The user id that may own them beside root. */
  readonly person: number;
}

/**
 * @param bundle real path
 * @param configured `root.path`
 * @returns its real path
 * @throws TerrariumError `rootfs-missing`, `rootfs-not-directory`, `rootfs-symlink`, `rootfs-outside`,
 *   `rootfs-holds-bundle`, `rootfs-below-unfit`, `host-root`
 */
export async function rootfsOf(
  bundle: string,
  configured: string,
  allowed?: AllowedFolders,
): Promise<string> {
  const rootfs = path.resolve(bundle, configured);
  if (!isOutside(bundle, rootfs)) return downTo(bundle, rootfs);
  // The container could write its own config.json, and the folder would be a plain one to others.
  if (allowed && isBelow(bundle, rootfs))
    throw refusal(
      'rootfs-holds-bundle',
      rootfs,
      'holds the bundle itself, with its config.json',
      'Move the bundle out of it, or set root.path to "rootfs".',
    );
  let unfit: TerrariumError | undefined;
  for (const folder of allowed?.folders ?? []) {
    const real = await realpath(folder).catch(() => undefined); // nothing lies below what is not there
    if (real === undefined) continue;
    const top = [path.resolve(folder), real].find((one) => isBelow(rootfs, one));
    if (top === undefined) continue;
    const reason = await whoElseWrites(real, allowed!.person);
    if (reason === undefined) {
      const found = await downTo(real, path.join(real, path.relative(top, rootfs)));
      // By another of its names it may hold the bundle all the same.
      if (isBelow(bundle, found)) return rootfsOf(bundle, found, allowed);
      await refuseHostRoot(found);
      return found;
    }
    unfit ??= refusal(
      'rootfs-below-unfit',
      rootfs,
      `lies below ${escapeControlCharacters(folder)}, which cannot be allowed for that: ${reason}`,
      'Allow another folder with --rootfs-below or terrarium.rootfsBelow, or close this one to others (chown, chmod go-w).',
    );
  }
  throw unfit ?? refusal('rootfs-outside', rootfs, 'is not below the bundle', allowRootfs);
}

/** As the words of a helper's command. */
export function rootfsBelowWords(folders: readonly string[]): string[] {
  return folders.map((folder) => `--rootfs-below=${folder}`);
}

/** Both real paths. The bundle itself is no rootfs of its own either. */
export function isOutside(bundle: string, rootfs: string): boolean {
  return rootfs === bundle || !isBelow(rootfs, bundle);
}

/** @param top real path of the folder that `rootfs` lies in, or is */
async function downTo(top: string, rootfs: string): Promise<string> {
  let here = top;
  for (const name of ['', ...path.relative(top, rootfs).split('/').filter(Boolean)]) {
    here = path.join(here, name);
    const stat = await lstat(here).catch((error: unknown) => {
      const code = codeOf(error);
      if (code === 'ENOENT')
        throw refusal(
          'rootfs-missing',
          rootfs,
          'does not exist',
          'Create it, or correct root.path.',
        );
      throw refusal(
        'rootfs-missing',
        rootfs,
        `cannot be reached (${code})`,
        'Check the permissions.',
      );
    });
    if (stat.isSymbolicLink())
      throw refusal(
        'rootfs-symlink',
        rootfs,
        here === rootfs
          ? 'is a symbolic link'
          : `is reached by the symbolic link ${escapeControlCharacters(here)}`,
        'Put a real folder in its place.',
      );
    if (!stat.isDirectory())
      throw refusal(
        'rootfs-not-directory',
        rootfs,
        'is not a folder',
        'Put a real folder in its place.',
      );
  }
  return rootfs;
}

/** A bind mount gives the machine's root a further name. */
async function refuseHostRoot(rootfs: string): Promise<void> {
  const [found, root] = await Promise.all([lstat(rootfs), lstat('/')]);
  if (found.dev !== root.dev || found.ino !== root.ino) return;
  throw refusal(
    'host-root',
    rootfs,
    'is the root filesystem of this machine',
    'Choose a folder that holds another one.',
  );
}

function refusal(code: string, rootfs: string, problem: string, remedy: string): TerrariumError {
  const shown = escapeControlCharacters(rootfs);
  return new TerrariumError(code, `The rootfs ${shown} ${problem}.`, remedy);
}

/**
 * Where a helper and its clients meet: a folder that only its owner can enter. Called by the
 * extension and the tests to find it, and by the helper to verify what it was given.
 */
import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../errors';
import { visible } from '../text/visible';

/**
 * `$XDG_RUNTIME_DIR/terrarium`, or `/tmp/terrarium-UID` where that is unset (XDG Base Directory
 * Specification). Made where it is absent.
 * @throws TerrariumError as verifyDirectory does
 */
export async function runtimeDirectory(
  env: { readonly XDG_RUNTIME_DIR?: string | undefined } = process.env,
  uid: number = process.getuid!(),
): Promise<string> {
  const base = env.XDG_RUNTIME_DIR;
  const directory = base?.startsWith('/') ? path.join(base, 'terrarium') : `/tmp/terrarium-${uid}`;
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      throw new TerrariumError(
        'runtime-directory',
        `The folder ${visible(directory)} for Terrarium's socket cannot be made (${code}).`,
        'Check XDG_RUNTIME_DIR: it must name a folder of yours, or be unset.',
        { cause: error },
      );
    }
  }
  await verifyDirectory(directory, uid);
  return directory;
}

/**
 * Anybody may put something of that name into /tmp first: only a real folder of the right owner that
 * nobody else may enter will do.
 * @throws TerrariumError `runtime-directory`
 */
export async function verifyDirectory(directory: string, uid: number): Promise<void> {
  const refuse = (reason: string, cause?: unknown) =>
    new TerrariumError(
      'runtime-directory',
      `The folder ${visible(directory)} for Terrarium's socket ${reason}.`,
      uid === 0
        ? 'Remove it: root needs a folder there that only root can enter.'
        : 'Remove it, or let XDG_RUNTIME_DIR name a folder of yours that only you can enter.',
      { cause },
    );
  const stat = await lstat(directory).catch((error: NodeJS.ErrnoException) => {
    throw refuse(`cannot be looked at (${error.code})`, error);
  });
  if (stat.isSymbolicLink()) throw refuse('is a symbolic link');
  if (!stat.isDirectory()) throw refuse('is not a folder');
  if (stat.uid !== uid) throw refuse(`belongs to user ${stat.uid}, not to user ${uid}`);
  if ((stat.mode & 0o777) !== 0o700) {
    throw refuse(`has mode ${(stat.mode & 0o777).toString(8)} where 700 is needed`);
  }
}

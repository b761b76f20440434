/**
 * Where a helper and its clients meet: a folder that only its owner can enter. Called by the
 * extension and the tests to find it, and by the helper to verify what it was given.
 */
import path from 'node:path';
import { TerrariumError } from '../errors';
import { lstat, mkdir } from '../fs/files';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** Bytes of a socket's path without its closing NUL (`sun_path` of unix(7)); what is longer is cut off. */
export const maxSocketPath = 107;

/** As long as the names of the helpers' sockets: `rootless-0123456789ab.sock`. */
const socketNameLength = 26;

/**
 * `$XDG_RUNTIME_DIR/terrarium`, or `/tmp/terrarium-UID` where that is unset (XDG Base Directory
 * Specification) or so long that no socket in it could be named. Made where it is absent.
 * @throws TerrariumError as verifyDirectory does
 */
export async function runtimeDirectory(
  env: { readonly XDG_RUNTIME_DIR?: string | undefined } = process.env,
  uid: number = process.getuid!(),
): Promise<string> {
  const base = env.XDG_RUNTIME_DIR;
  const own = base?.startsWith('/') ? path.join(base, 'terrarium') : undefined;
  const fits = own !== undefined && Buffer.byteLength(own) + 1 + socketNameLength <= maxSocketPath;
  const directory = fits ? own : `/tmp/terrarium-${uid}`;
  try {
    await mkdir(directory, 0o700);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      throw new TerrariumError(
        'runtime-directory',
        `The folder ${escapeControlCharacters(directory)} for Terrarium's socket cannot be made (${code}).`,
        'Check XDG_RUNTIME_DIR: it must name a folder of yours, or be unset.',
        { cause: error },
      );
    }
  }
  await verifyDirectory(directory, uid);
  return directory;
}

/**
 * Any user can create that name in /tmp first. So it must be a real folder of this owner with mode 0700.
 * @throws TerrariumError `runtime-directory`
 */
export async function verifyDirectory(directory: string, uid: number): Promise<void> {
  const refuse = (reason: string, cause?: unknown) =>
    new TerrariumError(
      'runtime-directory',
      `The folder ${escapeControlCharacters(directory)} for Terrarium's socket ${reason}.`,
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

/** @throws TerrariumError `socket-path`: bind(2) and connect(2) would take a part of it for the whole */
export function requireSocketPath(file: string): void {
  const length = Buffer.byteLength(file);
  if (length <= maxSocketPath) return;
  throw new TerrariumError(
    'socket-path',
    `The path of the socket ${escapeControlCharacters(file)} has ${length} bytes, and the kernel takes no more than ${maxSocketPath} (unix(7)).`,
    'Let XDG_RUNTIME_DIR or --directory name a folder with a shorter path.',
  );
}

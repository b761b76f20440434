/** Checks before sudo asks for a password, and explains how it ended. Called by `authorize`. */
import { access, constants, readFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../core/bundle/fileProblem';
import { TerrariumError } from '../../core/errors';
import { noNewPrivileges } from '../../core/sequence/noNewPrivileges';

/** The paths of sudo. Fixed, because PATH may contain a folder of the workspace. */
const sudoPlaces = ['/usr/bin/sudo', '/bin/sudo', '/usr/local/bin/sudo', '/run/wrappers/bin/sudo'];

/** @returns the path of sudo @throws TerrariumError `sudo-missing`, `no-new-privileges` */
export async function requireSudo(
  places: readonly string[] = sudoPlaces,
  readStatus: () => Promise<string> = () => readFile('/proc/self/status', 'utf8'),
): Promise<string> {
  if (noNewPrivileges(await readStatus()))
    throw new TerrariumError(
      'no-new-privileges',
      'This VS Code was started so that no program of it may gain privileges (NoNewPrivs), as a snap or a sandbox does; sudo cannot work here.',
      'Install VS Code from a .deb or .rpm package, start it from an ordinary terminal, or choose "rootless".',
    );
  for (const place of places) if (await isProgram(place)) return place;
  throw new TerrariumError(
    'sudo-missing',
    `sudo is not installed (looked for it in ${places.map((place) => path.dirname(place)).join(', ')}).`,
    'Install the package "sudo", or choose "rootless", which needs none.',
  );
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** The error where sudo started no helper. @param code exit code of sudo; undefined where its terminal was closed */
export function sudoFailure(code: number | undefined): TerrariumError {
  if (code === undefined)
    return new TerrariumError(
      'sudo-cancelled',
      'The terminal was closed before sudo was through; nothing was started.',
      'Start the container again when you are ready.',
    );
  if (code === 130 || code === 131 || code === 143)
    return new TerrariumError(
      'sudo-cancelled',
      `The password was not given (sudo ended with exit code ${code}); nothing was started.`,
      'Start the container again when you are ready.',
    );
  if (code === 125)
    return new TerrariumError(
      'helper-failed',
      'sudo let the helper start, but it could not serve (exit code 125); nothing was started.',
      'Its reason is in the terminal "Terrarium: sudo".',
    );
  return new TerrariumError(
    'sudo-refused',
    `sudo gave no permission (exit code ${code}); nothing was started.`,
    'Its terminal says why. Try again, or choose "rootless", which needs no password.',
  );
}

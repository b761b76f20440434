/**
 * Reads extended attributes by `terrarium-init` (src/init/xattrs.c), which is given the rootfs as a descriptor.
 * For the rootfs check and for imports, which are processes of their own: it waits.
 */
import { spawnSync } from 'node:child_process';
import type { OpenFile } from '../../core/fs/files';
import { hostEnvironment } from './hostTools';
import { initProgram } from './initProgram';

/** Of one answer, in bytes: 256 for each path. */
const maxBuffer = 4 * 1024 * 1024;

/**
 * @param rootfs its descriptor
 * @param paths in it, relative
 * @returns the attribute security.capability of each; empty for none
 */
export function readCapabilities(
  rootfs: Pick<OpenFile, 'fd'>,
  paths: readonly Buffer[],
): readonly Buffer[] {
  return ask('capabilities', rootfs, paths).map((digits) => Buffer.from(digits, 'hex'));
}

/** @returns those that are known to have no extended attribute, but for a label of SELinux */
export function withoutAttributes(
  rootfs: Pick<OpenFile, 'fd'>,
  paths: readonly Buffer[],
): readonly Buffer[] {
  const answers = ask('attributes', rootfs, paths);
  return paths.filter((_, at) => answers[at] === 'none');
}

function ask(
  what: 'capabilities' | 'attributes',
  rootfs: Pick<OpenFile, 'fd'>,
  paths: readonly Buffer[],
): readonly string[] {
  const end = Buffer.alloc(1);
  const { status, signal, error, stdout } = spawnSync(initProgram(), [what], {
    ...{ cwd: '/', env: hostEnvironment, maxBuffer, encoding: 'latin1' },
    input: Buffer.concat(paths.flatMap((one) => [one, end])),
    stdio: ['pipe', 'pipe', 'ignore', rootfs.fd],
  });
  const words = (stdout ?? '').split('\0').slice(0, -1);
  if (error || status !== 0 || words.length !== paths.length)
    throw new Error(
      `Extended attributes could not be read: ${error?.message ?? signal ?? `exit status ${status}`}`,
      { cause: error },
    );
  return words;
}

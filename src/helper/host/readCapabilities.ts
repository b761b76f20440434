/**
 * Reads file capabilities by `terrarium-init capabilities` (src/init/capabilities.c), which is given the rootfs as a
 * descriptor. For the rootfs check, which is a process of its own: it waits.
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
  const end = Buffer.alloc(1);
  const { status, signal, error, stdout } = spawnSync(initProgram(), ['capabilities'], {
    ...{ cwd: '/', env: hostEnvironment, maxBuffer, encoding: 'latin1' },
    input: Buffer.concat(paths.flatMap((one) => [one, end])),
    stdio: ['pipe', 'pipe', 'ignore', rootfs.fd],
  });
  const values = (stdout ?? '').split('\0').slice(0, -1);
  if (error || status !== 0 || values.length !== paths.length)
    throw new Error(
      `File capabilities could not be read: ${error?.message ?? signal ?? `exit status ${status}`}`,
      { cause: error },
    );
  return values.map((digits) => Buffer.from(digits, 'hex'));
}

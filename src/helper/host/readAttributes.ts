/**
 * Reads extended attributes by `terrarium-init` (src/init/xattrs.c), which is given the rootfs as a descriptor.
 * For the rootfs check, baselines and imports, which are processes of their own: it waits.
 */
import { spawnSync } from 'node:child_process';
import type { OpenFile } from '../../core/fs/files';
import { hostEnvironment } from './hostTools';
import { initProgram } from './initProgram';

/** Paths: each time takes a process. */
export const askedAtOnce = 4000;
/** Of one answer, in bytes: 4,096 for each path. */
const maxBuffer = askedAtOnce * 4096;

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

/** By name ('latin1'), without a label of SELinux, which is the machine's. */
export type Attributes = ReadonlyMap<string, Buffer>;

/** @returns undefined where they cannot be known: in a closed folder, of another mount, some thousand bytes of them */
export function readAttributes(
  rootfs: Pick<OpenFile, 'fd'>,
  paths: readonly Buffer[],
): readonly (Attributes | undefined)[] {
  return ask('attributes', rootfs, paths).map((answer) => {
    if (answer === '?') return undefined;
    const lines = answer.split('\n').slice(0, -1);
    return new Map(
      lines.map((line) => {
        const at = line.lastIndexOf('=');
        return [line.slice(0, at), Buffer.from(line.slice(at + 1), 'hex')];
      }),
    );
  });
}

function ask(
  what: 'capabilities' | 'attributes',
  rootfs: Pick<OpenFile, 'fd'>,
  paths: readonly Buffer[],
): readonly string[] {
  const answers: string[] = [];
  for (let at = 0; at < paths.length; at += askedAtOnce)
    answers.push(...askOnce(what, rootfs, paths.slice(at, at + askedAtOnce)));
  return answers;
}

function askOnce(
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

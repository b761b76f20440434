/** An unlinked file for steps.sh's fstab: mount(8) cannot read a pipe. Called by spawnScript.ts. */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { codeOf } from '../../core/bundle/fileProblem';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/** In memory first: a full disk must not prevent a start. */
const usualFolders = () => ['/dev/shm', tmpdir(), '/tmp', '/var/tmp', '/run'];

/** More than an fstab of the longest config.json in use needs. */
const probe = Buffer.alloc(64 * 1024);

/**
 * It can be opened only through /proc/PID/fd, so its mode may let in all ids of a user
 * namespace.
 * @returns a descriptor, to be closed by the caller
 * @throws TerrariumError `no-scratch-file` where no folder takes one
 */
export function namelessFile(folders: readonly string[] = usualFolders()): number {
  const refusals: string[] = [];
  for (const folder of new Set(folders)) {
    try {
      return makeIn(folder);
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      refusals.push(`${escapeControlCharacters(folder)} (${code})`);
    }
  }
  throw new TerrariumError(
    'no-scratch-file',
    `A start needs a small scratch file, and no folder takes one: ${refusals.join(', ')}.`,
    'Make one of them writable for you (mode 1777), or free some space there.',
  );
}

function makeIn(folder: string): number {
  const file = path.join(folder, `terrarium-${randomBytes(8).toString('hex')}`);
  const descriptor = openSync(file, 'wx+', 0o600);
  try {
    unlinkSync(file);
    fchmodSync(descriptor, 0o666);
    // A full filesystem still makes files; only write(2) fails, with ENOSPC.
    for (let done = 0; done < probe.length;)
      done += writeSync(descriptor, probe, done, probe.length - done, done);
    ftruncateSync(descriptor);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

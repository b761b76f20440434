/**
 * What a later process may take over from an earlier one of this user: compiled code, parsed configurations. Kept in
 * the user's runtime folder, and taken for what it says only where no other user can have written it. Called by
 * loader.ts, before anything else is loaded, and by KeptConfigs.ts.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** @returns in the folder of ownFolder.ts, which makes it: only this user can make a name in it; undefined without one */
export function keptPlace(name: string): string | undefined {
  // Under sudo XDG_RUNTIME_DIR may be the person's.
  const parent = process.geteuid!() === 0 ? '/run' : process.env.XDG_RUNTIME_DIR;
  return parent?.startsWith('/') ? path.join(parent, 'terrarium', name) : undefined;
}

/**
 * @param identity what the content has to be for: a line
 * @returns undefined where there is none, and for what another user may have written
 */
export function readKept(file: string, identity: Buffer): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { uid, mode } = fstatSync(descriptor);
    const isOwn =
      uid === process.geteuid!() &&
      (mode & 0o7777) === 0o600 &&
      (mode & constants.S_IFMT) === constants.S_IFREG;
    const content = isOwn ? readFileSync(descriptor) : undefined;
    const isOfThis = content?.subarray(0, identity.length).equals(identity) === true;
    return isOfThis ? content.subarray(identity.length) : undefined;
  } catch {
    return undefined; // there is none yet
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Replaces it in one step. Without it the next process does the work again, and that is all. */
export function writeKept(file: string, identity: Buffer, content: Buffer): void {
  const made = `${file}.${process.pid}`;
  try {
    writeFileSync(made, Buffer.concat([identity, content]), { flag: 'wx', mode: 0o600 });
    renameSync(made, file);
  } catch {
    removeIfThere(made);
  }
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // it was never made
  }
}

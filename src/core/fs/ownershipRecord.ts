/**
 * Where Take Ownership records the old owners of a rootfs's files. Not beside the rootfs: with a forged
 * record a cloned repository or another user could make Undo set their own files setuid root. So it lies
 * where only the helper's user can create a name. The name is the rootfs's inode number and birth time,
 * which are unique and stay the same when it is moved.
 */
import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { codeOf } from './codeOf';

/** Of the helper that is root. It may be passed through, so that an editor can ask for one name. */
const ofRoot = '/var/lib/terrarium/ownership';

export function recordFolder(isRoot: boolean, env: NodeJS.ProcessEnv = process.env): string {
  if (isRoot) return ofRoot;
  const state = env.XDG_STATE_HOME;
  const base = state?.startsWith('/') ? state : path.join(homedir(), '.local/state');
  return path.join(base, 'terrarium/ownership');
}

/** @param rootfs what lstat(2) or fstat(2) says of it */
export function recordName({ dev, ino, birthtimeNs }: BigIntStats): string {
  // A file system that keeps no time of birth: its device number has to do.
  return birthtimeNs === 0n ? `${ino}-on-${dev}.jsonl` : `${ino}-${birthtimeNs}.jsonl`;
}

/** @returns with which privileges files of this rootfs were taken */
export async function recordedBy(rootfs: string): Promise<('root' | 'rootless')[]> {
  const stat = await lstat(rootfs, { bigint: true }).catch(unlessAbsent);
  if (!stat) return [];
  const name = recordName(stat);
  const exists = async (isRoot: boolean) =>
    (await lstat(path.join(recordFolder(isRoot), name)).catch(unlessAbsent)) !== undefined;
  const [byRoot, rootless] = await Promise.all([
    exists(true),
    process.geteuid!() === 0 ? false : exists(false),
  ]);
  return [...(byRoot ? (['root'] as const) : []), ...(rootless ? (['rootless'] as const) : [])];
}

function unlessAbsent(error: unknown): undefined {
  if (!/^(ENOENT|ENOTDIR|EACCES|ELOOP)$/.test(codeOf(error) ?? '')) throw error;
}

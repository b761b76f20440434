/**
 * Opens the /proc of a container that a runtime has started, to read its processes. Used by launchRuntime.ts.
 * The payload runs by then. It may have mounted a FUSE on /proc that never answers, or moved its root into
 * one: a path lookup there blocks without limit, and with it a thread of Node's. So a child process opens
 * it, and the helper checks only the child's descriptor.
 */
import { spawn } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { mountsProcfs } from '../../../core/config/mountKinds';
import { parseMountinfo } from '../../../core/procfs/parseMountinfo';
import { timeLimit } from '../../../core/timeLimit';
import { hostEnvironment } from '../../host/hostTools';
import { withoutStreams } from '../../host/withoutStreams';

/** Limit for the open, in milliseconds; it usually takes two. */
const within = 2000;

/** Keeps it open until standard input closes; the last dot makes open(2) fail for all but a folder. */
const script = 'exec 3<"$1/." && echo open && read -r _';

/**
 * @param signal ends the wait
 * @returns a descriptor, owned by the caller; undefined where config.json mounts no procfs, where the
 *   payload has mounted something else there, and where it has ended
 */
export async function openRuntimeProcfs(
  { config }: Bundle,
  pid: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  if (!mountsProcfs(config)) return undefined;
  const opener = spawn('/bin/sh', ['-c', script, 'sh', `/proc/${pid}/root/proc`], {
    ...{ cwd: '/', env: hostEnvironment },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const missing = withoutStreams(opener);
  if (missing) return await missing;
  const limit = timeLimit(within, signal);
  try {
    opener.stdin.on('error', () => undefined);
    const closed = once(opener, 'close', { signal: limit }).then(() => false);
    const isOpen = once(opener.stdout, 'data', { signal: limit }).then(() => true);
    isOpen.catch(() => undefined); // raced: `closed` settles first where there is no output
    if (!(await Promise.race([isOpen, closed]))) return undefined;
    return (await isProcfs(opener.pid!, pid))
      ? openSync(`/proc/${opener.pid}/fd/3`, constants.O_RDONLY | constants.O_DIRECTORY)
      : undefined;
  } catch (error) {
    if (limit.aborted) return undefined;
    throw error;
  } finally {
    // A blocked lookup may delay even SIGKILL, so this does not wait for the exit.
    opener.kill('SIGKILL');
    opener.stdin.destroy();
    opener.stdout.destroy();
    opener.unref();
  }
}

/** By mount id: statfs(2) can block as the open can. */
async function isProcfs(opener: number, pid: number): Promise<boolean> {
  const [info, mounts] = await Promise.all([
    readFile(`/proc/${opener}/fdinfo/3`, 'latin1'),
    readFile(`/proc/${pid}/mountinfo`).catch(() => ''), // PID 1 has ended
  ]);
  const id = Number(/^mnt_id:\s*(\d+)$/m.exec(info)?.[1]);
  return parseMountinfo(mounts).some(
    (mount) => mount.id === id && mount.type === 'proc' && mount.root === '/',
  );
}

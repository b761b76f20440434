/**
 * Opens the /proc of a container that a runtime has started, from which its processes are read. Used by
 * launchRuntime.ts. Its payload runs by then: it may have put a FUSE there that answers nobody, or moved
 * its root into one, and whoever looks up a name below waits for as long as it likes, a thread of Node's
 * as well. So a process of its own does that, and only what it has got is looked at here.
 */
import { spawn } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { mountsProcfs } from '../../../core/config/mountKinds';
import { parseMountinfo } from '../../../core/procfs/parseMountinfo';
import { hostEnvironment } from '../../host/hostTools';

/** What opening may take, in milliseconds; it takes two where nobody means ill. */
const within = 2000;

/** Keeps it open until it is told; the last dot lets it be nothing but a folder. */
const script = 'exec 3<"$1/." && echo open && read -r _';

/**
 * @param signal ends the wait
 * @returns a descriptor of the caller's, or undefined where config.json mounts none, its payload has put
 *   something else there, or has ended
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
  const limit = AbortSignal.any([AbortSignal.timeout(within), ...(signal ? [signal] : [])]);
  try {
    opener.stdin.on('error', () => undefined);
    const closed = once(opener, 'close', { signal: limit }).then(() => false);
    const isOpen = once(opener.stdout, 'data', { signal: limit }).then(() => true);
    isOpen.catch(() => undefined); // raced: the other one is told first where nothing came
    if (!(await Promise.race([isOpen, closed]))) return undefined;
    return (await isProcfs(opener.pid!, pid))
      ? openSync(`/proc/${opener.pid}/fd/3`, constants.O_RDONLY | constants.O_DIRECTORY)
      : undefined;
  } catch (error) {
    if (limit.aborted) return undefined;
    throw error;
  } finally {
    // While the kernel holds it, it does not end, and nobody is to wait for that.
    opener.kill('SIGKILL');
    opener.stdin.destroy();
    opener.stdout.destroy();
    opener.unref();
  }
}

/** By the number of the mount: to ask a file system what it is can take as long as to open it. */
async function isProcfs(opener: number, pid: number): Promise<boolean> {
  const [info, mounts] = await Promise.all([
    readFile(`/proc/${opener}/fdinfo/3`, 'latin1'),
    readFile(`/proc/${pid}/mountinfo`).catch(() => ''), // it has ended
  ]);
  const id = Number(/^mnt_id:\s*(\d+)$/m.exec(info)?.[1]);
  return parseMountinfo(mounts).some(
    (mount) => mount.id === id && mount.type === 'proc' && mount.root === '/',
  );
}

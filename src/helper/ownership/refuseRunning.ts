/**
 * Refuses to change owners under a running container of any starter: this helper, another helper, `run` on a
 * command line, another runtime. Called by ownership.ts.
 */
import { constants, open, readFile } from 'node:fs/promises';
import type { OpenFile } from '../../core/fs/files';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { O_PATH } from '../../core/fs/openDirectoryNoFollow';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { boundedReads } from '../processes/BoundedReads';
import { pidsHere } from '../processes/pidsHere';

/** @throws TerrariumError `container-live` where a process has its root there */
export async function refuseRunning(rootfs: OpenFile, name: string): Promise<void> {
  const [number, { dev, ino }] = await Promise.all([
    inodeOf(rootfs),
    rootfs.stat({ bigint: true }),
  ]);
  /**
   * Another container's root may be a FUSE that does not answer. So it is opened with O_PATH, which does not
   * ask the file system, and fstat(2) is only for a root with the same inode number, with a timeout. True
   * after a timeout.
   */
  const isRootfs = async (root: OpenFile, pid: number) => {
    if ((await inodeOf(root)) !== number) return false;
    const found = await boundedReads.ask(pid, () => root.stat({ bigint: true }));
    return found === undefined || (found.dev === dev && found.ino === ino);
  };
  for (const pid of await pidsHere()) {
    const root = await open(`/proc/${pid}/root`, O_PATH | constants.O_DIRECTORY).catch(
      unlessClosed,
    );
    try {
      if (root && (await isRootfs(root, pid)))
        throw running(name, `process ${pid} has its root there`);
    } finally {
      void root?.close(); // waits for a blocked fstat(2)
    }
  }
}

/** From the kernel's own memory; undefined before Linux 5.14, which does not tell it (proc_pid_fdinfo(5)). */
async function inodeOf(handle: OpenFile): Promise<string | undefined> {
  const info = await readFile(`/proc/self/fdinfo/${handle.fd}`, 'latin1');
  return /^ino:\s*(\d+)$/m.exec(info)?.[1];
}

export function running(name: string, reason: string): TerrariumError {
  return new TerrariumError(
    'container-live',
    `The owners of files of ${escapeControlCharacters(name)} are not changed while it runs: ${reason}.`,
    'Stop it first.',
  );
}

/** Ended, or another user's process. */
function unlessClosed(error: unknown): undefined {
  if (!/^(ENOENT|ESRCH|EACCES|EPERM)$/.test(codeOf(error) ?? '')) throw error;
}

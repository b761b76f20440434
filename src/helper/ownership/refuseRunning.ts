/**
 * Owners are not changed under a container that runs, whoever started it: this helper, another one, `run` on
 * a command line, another runtime. Called by ownership.ts.
 */
import { type FileHandle, stat } from 'node:fs/promises';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { visible } from '../../core/text/visible';
import { pidsHere } from '../processes/pidsHere';

/** @throws TerrariumError `container-live` where a process has its root there */
export async function refuseRunning(rootfs: FileHandle, name: string): Promise<void> {
  const { dev, ino } = await rootfs.stat({ bigint: true });
  for (const pid of await pidsHere()) {
    const root = await stat(`/proc/${pid}/root`, { bigint: true }).catch(unlessClosed);
    if (root?.dev === dev && root.ino === ino)
      throw running(name, `process ${pid} has its root there`);
  }
}

export function running(name: string, reason: string): TerrariumError {
  return new TerrariumError(
    'container-live',
    `The owners of files of ${visible(name)} are not changed while it runs: ${reason}.`,
    'Stop it first.',
  );
}

/** Gone, or a process of somebody else. */
function unlessClosed(error: unknown): undefined {
  if (!/^(ENOENT|ESRCH|EACCES|EPERM)$/.test(codeOf(error) ?? '')) throw error;
}

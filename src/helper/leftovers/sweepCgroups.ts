/**
 * Removes cgroups of containers whose helper was killed, by their names. Called by sweep.ts. Nothing is
 * killed here: their processes have a SIGKILL pending (PDEATHSIG), which v1 delivers when they thaw.
 */
import path from 'node:path';
import { readCgroups } from '../../core/cgroup/cgroupFacts';
import { readFile, readdir, rmdir, writeFile } from '../../core/fs/files';
import { ownMounts } from '../../core/procfs/ownMounts';
import { unifiedPath } from '../../core/procfs/parseCgroup';
import { isLeftOver } from '../cgroup/cgroupName';
import { isFreezer } from '../cgroup/Freezer';
import { removeCgroup } from '../cgroup/removeCgroup';

export async function sweepCgroups(): Promise<void> {
  for (const parent of new Set(await parents())) {
    const names: string[] = await readdir(parent).catch(() => []); // unreadable, so none of this user's
    for (const name of names) if (await isLeftOver(name)) await sweep(path.join(parent, name));
    // Its processes are killed by the records of its helper.
    if (names.includes('terrarium')) await rmdir(path.join(parent, 'terrarium')).catch(isInTheWay);
  }
}

/** Where a helper of this user makes them: a hierarchy's root, its own cgroup, or a delegated one. */
async function parents(): Promise<string[]> {
  const mounts = await ownMounts();
  const own = await readFile('/proc/self/cgroup');
  const root = process.geteuid!() === 0;
  const { mount, base } = await readCgroups({
    ...{ privilege: root ? 'root' : 'rootless', uid: process.geteuid!(), name: '' },
  });
  const delegated = mount !== undefined && base !== undefined ? [path.join(mount, base)] : [];
  return [
    ...delegated,
    ...mounts.flatMap((one) => {
      if (one.type === 'cgroup2')
        return [path.join(one.mountPoint, root ? '' : (unifiedPath(own) ?? ''))];
      return root && isFreezer(one) ? [one.mountPoint] : [];
    }),
  ];
}

async function sweep(folder: string): Promise<void> {
  try {
    await thaw(folder);
    await removeCgroup(folder);
  } catch (error) {
    isInTheWay(error);
  }
}

async function thaw(folder: string): Promise<void> {
  try {
    await writeFile(path.join(folder, 'cgroup.freeze'), '0', { flag: 'r+' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await writeFile(path.join(folder, 'freezer.state'), 'THAWED', { flag: 'r+' });
  }
}

/** In use, removed already, or another user's. */
function isInTheWay(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (!['ENOENT', 'EACCES', 'EPERM', 'EBUSY', 'ENOTEMPTY'].includes(code ?? '')) throw error;
}

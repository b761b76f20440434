/**
 * The cgroups of paused containers whose helper was killed. Called by `serve` before it listens. The
 * processes in them have their SIGKILL already (PDEATHSIG); version 1 delivers it when they thaw.
 */
import { readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The helper that made it, by PID and start time, and the container. */
const pattern = /^terrarium-(\d+)-(\d+)-[0-9a-f]{16}$/;

/** How often a cgroup is tried to be removed while the last process in it ends. */
const tries = 50;

export async function freezerName(id: string): Promise<string> {
  return `terrarium-${process.pid}-${await startTime(process.pid)}-${id}`;
}

export async function sweepFrozen(): Promise<void> {
  for (const parent of await parents()) {
    const names = await readdir(parent).catch(() => []); // not ours to look into, so none of ours
    for (const name of names) {
      const [, pid, begun] = pattern.exec(name) ?? [];
      if (pid === undefined || (await startTime(Number(pid))) === begun) continue;
      await remove(path.join(parent, name));
    }
  }
}

/** Where a helper of this user makes them: the top of a hierarchy, or below its own cgroup. */
async function parents(): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'latin1'))
    .split('\n')
    .map((line) => line.split(' '));
  const own = await readFile('/proc/self/cgroup', 'latin1');
  const root = process.geteuid!() === 0;
  return mounts.flatMap(([, place, type, options]) => {
    if (place === undefined) return [];
    if (type === 'cgroup2')
      return [path.join(place, root ? '' : (/^0::(.*)$/m.exec(own)?.[1] ?? ''))];
    return type === 'cgroup' && options?.split(',').includes('freezer') && root ? [place] : [];
  });
}

async function remove(folder: string): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt++) {
    try {
      await thaw(folder);
      await rmdir(folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EACCES' || code === 'EPERM') return;
      if (code !== 'EBUSY') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
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

/** Field 22 of /proc/PID/stat; undefined where there is no such process. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

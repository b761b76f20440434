/** The folders that runtimeFolder.ts has made, of this helper and of others, by their names. Also for sweepRuntimes.ts. */
import path from 'node:path';
import { readdir } from '../../../core/fs/files';
import { cgroupPattern, isLeftOver } from '../../cgroup/cgroupName';
import { ownFolder } from '../../host/ownFolder';

/** PID of a living helper with a container of this id. */
export async function starterOf(
  id: string,
  counts: (name: string) => boolean = () => true,
): Promise<number | undefined> {
  for (const { name, pid, idOf } of await folders())
    if (idOf === id && counts(name) && !(await isLeftOver(name))) return pid;
  return undefined;
}

/** The folders of ended helpers, with the container id of each. */
export async function leftFolders(): Promise<{ readonly folder: string; readonly id: string }[]> {
  const place = await ownFolder();
  const left = [];
  for (const { name, idOf } of await folders())
    if (await isLeftOver(name)) left.push({ folder: path.join(place, name), id: idOf });
  return left;
}

async function folders() {
  return (await readdir(await ownFolder())).flatMap((name) => {
    const pid = cgroupPattern.exec(name)?.[1];
    const idOf = `terrarium-${name.slice(name.lastIndexOf('-') + 1)}`;
    return pid === undefined ? [] : [{ name, pid: Number(pid), idOf }];
  });
}

/**
 * The folder with the runtime's config.json, which it reads again for each session. Its name is built as a
 * cgroup's (cgroupName.ts), so that the next helper recognises orphans: a container does not outlive its
 * helper. Used by launchRuntime.ts and sweepRuntimes.ts.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { readdir } from '../../../core/fs/files';
import { cgroupName, cgroupPattern, containerId, isLeftOver } from '../../cgroup/cgroupName';
import { announceAlive } from '../../processes/alive';
import { ownFolder } from '../../host/ownFolder';

/** @param bundle absolute real path of its folder */
export async function makeRuntimeFolder(bundle: string): Promise<string> {
  await announceAlive();
  const folder = path.join(await ownFolder(), await cgroupName(bundle));
  await rm(folder, { recursive: true, force: true }); // left by an earlier start
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/** PID of another living helper with a folder for this bundle: its container is starting or runs. */
export async function otherStarter(bundle: string): Promise<number | undefined> {
  const own = await cgroupName(bundle);
  return starterOf(runtimeId(bundle), (name) => name !== own);
}

/** The container id given to the runtime. */
export function runtimeId(bundle: string): string {
  return `terrarium-${containerId(bundle)}`;
}

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

/**
 * The folder with the config.json that a runtime is given, and reads again for each session. Named for
 * its helper as a cgroup is (cgroupName.ts), so that the next helper knows which are nobody's any more:
 * a container does not outlive its helper. Used by launchRuntime.ts and sweepRuntimes.ts.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { cgroupName, cgroupPattern, containerId, isLeftOver } from '../../cgroup/cgroupName';
import { announceAlive } from '../../processes/alive';
import { ownFolder } from '../../host/ownFolder';

/** @param bundle absolute real path of its folder */
export async function makeRuntimeFolder(bundle: string): Promise<string> {
  await announceAlive();
  const folder = path.join(await ownFolder(), await cgroupName(bundle));
  await rm(folder, { recursive: true, force: true }); // of an earlier start that could not remove it
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/** The PID of another living helper that has one for the same bundle: its container is starting or runs. */
export async function otherStarter(bundle: string): Promise<number | undefined> {
  const own = await cgroupName(bundle);
  return starterOf(runtimeId(bundle), (name) => name !== own);
}

/** What the runtime knows the bundle's container by. */
export function runtimeId(bundle: string): string {
  return `terrarium-${containerId(bundle)}`;
}

/** The PID of a living helper whose container has this id in its runtime. */
export async function starterOf(
  id: string,
  counts: (name: string) => boolean = () => true,
): Promise<number | undefined> {
  for (const { name, pid, idOf } of await folders())
    if (idOf === id && counts(name) && !(await isLeftOver(name))) return pid;
  return undefined;
}

/** Those of helpers that are no more, and the id that each one's container has in its runtime. */
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

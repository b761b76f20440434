/**
 * The folder with the runtime's config.json, which it reads again for each session. Its name is built as a
 * cgroup's (cgroupName.ts), so that the next helper recognises orphans: a container does not outlive its
 * helper. Used by launchRuntime.ts.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { cgroupName } from '../../cgroup/cgroupName';
import { containerId } from '../../cgroup/containerId';
import { announceAlive } from '../../processes/alive';
import { ownFolder } from '../../host/ownFolder';
import { starterOf } from './runtimeFolders';

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

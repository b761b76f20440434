/**
 * The folder with the config.json that a runtime is given, and reads again for each session. Named for
 * its helper as a cgroup is (cgroupName.ts), so that the next helper knows which are nobody's any more:
 * a container does not outlive its helper. Used by launchRuntime.ts and sweepRuntimes.ts.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { cgroupName, cgroupPattern, containerId, isLeftOver } from '../cgroup/cgroupName';
import { ownFolder } from '../ownFolder';

/** @param bundle absolute real path of its folder */
export async function makeRuntimeFolder(bundle: string): Promise<string> {
  const folder = path.join(await ownFolder(), await cgroupName(bundle));
  await rm(folder, { recursive: true, force: true }); // of an earlier start that could not remove it
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/** The PID of another living helper that has one for the same bundle: its container is starting or runs. */
export async function otherStarter(bundle: string): Promise<number | undefined> {
  const place = await ownFolder();
  const own = await cgroupName(bundle);
  for (const name of await readdir(place)) {
    const [, pid] = cgroupPattern.exec(name) ?? [];
    if (pid === undefined || name === own || !name.endsWith(`-${containerId(bundle)}`)) continue;
    if (!(await isLeftOver(name))) return Number(pid);
  }
  return undefined;
}

export async function sweepRuntimeFolders(): Promise<void> {
  const place = await ownFolder();
  for (const name of await readdir(place))
    if (await isLeftOver(name)) await rm(path.join(place, name), { recursive: true, force: true });
}

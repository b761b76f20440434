/**
 * Whether nobody is in the cgroup that config.json names, before a runtime is told to use it: runc and
 * crun set the container's limits and devices for all that are in it, and leave them so. Used by
 * launchRuntime.ts and for an exported script; the built-in engine looks in planCgroup.ts.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { cgroupNotEmpty } from '../../../core/sequence/planCgroup';
import { isCgroupGone, tasksBelow } from '../../cgroup/tasksBelow';
import { runtimeCgroups } from './runtimeCgroups';

/** @throws TerrariumError `cgroup-not-empty` */
export async function requireOwnCgroup({ name, config }: Bundle): Promise<void> {
  const { cgroupsPath } = config.linux;
  if (cgroupsPath === undefined) return;
  for (const levels of await runtimeCgroups(cgroupsPath)) {
    const folder = levels.at(-1);
    if (folder !== undefined && (await isPopulated(folder))) throw cgroupNotEmpty(name, folder);
  }
}

/** In it or below it: limits hold there too. */
async function isPopulated(folder: string): Promise<boolean> {
  const events = await readFile(path.join(folder, 'cgroup.events'), 'latin1').catch(unlessGone);
  if (events !== undefined) return /^populated 1$/m.test(events); // version 2 knows
  return (await tasksBelow(folder)).length > 0;
}

function unlessGone(error: unknown): undefined {
  if (!isCgroupGone(error)) throw error;
}

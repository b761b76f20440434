/**
 * Refuses a `cgroupsPath` that has processes: runc and crun would set the container's limits and device
 * rules for all of them, and leave them set. Used by launchRuntime.ts and for an exported script; the
 * built-in engine checks in planCgroup.ts.
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

/** Descendants count: limits apply to them too. */
async function isPopulated(folder: string): Promise<boolean> {
  const events = await readFile(path.join(folder, 'cgroup.events'), 'latin1').catch(unlessGone);
  if (events !== undefined) return /^populated 1$/m.test(events); // cgroup v2
  return (await tasksBelow(folder)).length > 0;
}

function unlessGone(error: unknown): undefined {
  if (!isCgroupGone(error)) throw error;
}

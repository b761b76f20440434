/**
 * Whether nobody is in the cgroup that config.json names, before a runtime is told to use it: runc and
 * crun set the container's limits and devices for all that are in it, and leave them so. Used by
 * launchRuntime.ts and for an exported script; the built-in engine looks in planCgroup.ts.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../core/bundle/loadBundle';
import { parseMountinfo } from '../../core/procfs/parseMountinfo';
import { cgroupNotEmpty } from '../../core/sequence/planCgroup';
import { isGone, tasksBelow } from '../cgroup/tasksBelow';

/** @throws TerrariumError `cgroup-not-empty` */
export async function requireOwnCgroup({ name, config }: Bundle): Promise<void> {
  const { cgroupsPath } = config.linux;
  if (cgroupsPath === undefined) return;
  const [mounts, own] = await Promise.all([
    readFile('/proc/self/mountinfo').then(parseMountinfo),
    readFile('/proc/self/cgroup', 'latin1'),
  ]);
  const starts = cgroupsPath.startsWith('/') ? ['/'] : startsOf(own);
  // Controllers of version 1 have a tree each.
  for (const { mountPoint, type } of mounts)
    if (type === 'cgroup' || type === 'cgroup2')
      for (const start of starts) {
        const folder = path.join(mountPoint, start, cgroupsPath);
        if (await isPopulated(folder)) throw cgroupNotEmpty(name, folder);
      }
}

/**
 * Where a path without a leading slash begins: to crun at the top, to runc at the cgroup of who calls
 * it, under version 2 at the one above. systemd's slice:prefix:name is such a path where nobody asks
 * systemd.
 */
function startsOf(own: string): string[] {
  const places = [...own.matchAll(/^\d+:[^:]*:(.*)$/gm)].map(([, place]) => place!);
  return [...new Set(['/', ...places, ...places.map((place) => path.dirname(place))])];
}

/** In it or below it: limits hold there too. */
async function isPopulated(folder: string): Promise<boolean> {
  const events = await readFile(path.join(folder, 'cgroup.events'), 'latin1').catch(unlessGone);
  if (events !== undefined) return /^populated 1$/m.test(events); // version 2 knows
  return (await tasksBelow(folder)).length > 0;
}

function unlessGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
}

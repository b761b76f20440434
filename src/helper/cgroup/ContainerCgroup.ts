/**
 * The cgroup of a running container: its OOM kills, freezing and killing its processes, removing it.
 * Made by launchBuiltin.ts.
 */
import {
  type FSWatcher,
  closeSync,
  constants,
  openSync,
  readFileSync,
  watch,
  writeSync,
} from 'node:fs';
import { readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unifiedPath } from '../../core/procfs/parseCgroup';
import { TerrariumError, messageOf } from '../../core/errors';
import type { CgroupPlan } from '../../core/sequence/step';
import { freezerRefused, waitUntilFrozen } from './waitUntilFrozen';
import { lockCgroupTree } from './lockCgroupTree';
import { isCgroupGone } from './tasksBelow';
import { removeCgroup } from './removeCgroup';

/** Cgroups made by this helper and not removed yet: the last container below one removes it. */
const madeHere = new Set<string>();

export class ContainerCgroup {
  private watcher: FSWatcher | undefined;
  private killed = 0;

  constructor(private readonly plan: CgroupPlan) {
    for (const folder of plan.made) madeHere.add(folder);
  }

  /** Folders to remove with it where they are empty, outermost first. */
  get made(): string[] {
    const { folder } = this.plan;
    return [...madeHere]
      .filter((one) => one === folder || folder.startsWith(`${one}/`))
      .sort((one, other) => one.length - other.length);
  }

  /** The `cgroup.procs` of the process's cgroup, which is the container's or below it. */
  async procsOf(pid: number): Promise<string> {
    const { mount, folder } = this.plan;
    const text = await readFile(`/proc/${pid}/cgroup`, 'latin1').catch(() => ''); // it has ended
    const place = path.join(mount, unifiedPath(text) ?? '');
    return path.join(place.startsWith(`${folder}/`) ? place : folder, 'cgroup.procs');
  }

  /** Number of OOM kills; 0 without the memory controller. */
  get oomKills(): number {
    try {
      const events = readFileSync(this.file('memory.events'), 'latin1');
      this.killed = Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
    } catch (error) {
      // No file without the controller, and none once the cgroup is removed: the last number counts.
      if (!isCgroupGone(error)) throw error;
    }
    return this.killed;
  }

  /** Reports every further kill: the kernel notifies changes of the file (cgroup-v2.rst). */
  watchMemory(onKill: (kills: number) => void): void {
    let known = this.oomKills;
    try {
      this.watcher = watch(this.file('memory.events'), () => {
        const now = this.oomKills;
        if (now > known) onKill(now - known);
        known = now;
      });
      this.watcher.unref();
      this.watcher.on('error', () => this.watcher?.close()); // reported at the end
    } catch (error) {
      // No controller, or no inotify watch left: kills are reported at the end.
      if (!isCgroupGone(error) && !isNoWatch(error)) throw error;
    }
  }

  /** @throws TerrariumError `freezer-refused`; the container runs on then */
  async pause(): Promise<void> {
    try {
      await writeFile(this.file('cgroup.freeze'), '1', { flag: 'r+' });
      await waitUntilFrozen(this.file('cgroup.events'), /^frozen 1$/m);
    } catch (error) {
      await this.resume();
      throw freezerRefused(error);
    }
  }

  /** Also of a container that has ended meanwhile. */
  async resume(): Promise<void> {
    await writeFile(this.file('cgroup.freeze'), '0', { flag: 'r+' }).catch((error: unknown) => {
      if (!isCgroupGone(error)) throw error;
    });
  }

  /** All processes in it, in any namespace, by cgroup.kill; does nothing before Linux 5.14. */
  killAll(): void {
    try {
      // Write-only. Without O_CREAT an older kernel returns ENOENT.
      const kill = openSync(this.file('cgroup.kill'), constants.O_WRONLY);
      writeSync(kill, '1');
      closeSync(kill);
    } catch (error) {
      if (!isCgroupGone(error)) throw error;
    }
  }

  /**
   * Called when PID 1 has ended, or was never made; kills the processes that are left in it.
   * @throws TerrariumError `cgroup-left`
   */
  async remove(): Promise<void> {
    this.watcher?.close();
    this.killed = this.oomKills;
    const { folder } = this.plan;
    const own = this.made.includes(folder);
    try {
      this.killAll();
      if (own) await removeCgroup(folder);
      madeHere.delete(folder);
      const release = await lockCgroupTree();
      try {
        for (const parent of this.made.toReversed())
          if (await isRemoved(parent)) madeHere.delete(parent);
      } finally {
        release();
      }
    } catch (error) {
      throw new TerrariumError(
        'cgroup-left',
        `The cgroup ${folder} could not be removed: ${messageOf(error)}.`,
        'Remove it with rmdir once no process is in it.',
        { cause: error },
      );
    }
  }

  private file(name: string): string {
    return path.join(this.plan.folder, name);
  }
}

/** A cgroup in use stays. */
async function isRemoved(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EBUSY' || code === 'ENOTEMPTY') return false;
    if (code !== 'ENOENT') throw error;
  }
  return true;
}

function isNoWatch(error: unknown): boolean {
  return ['ENOSPC', 'EMFILE', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

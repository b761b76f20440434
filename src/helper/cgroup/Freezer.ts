/**
 * Freezes and thaws every process of a container. Made by ManagedContainer.ts at the first pause. The
 * kernel freezes cgroups (cgroups(7)), so the processes are moved to one of their own for the pause.
 * Afterwards each is moved back and the cgroup is removed.
 */
import { promises as files } from 'node:fs';
import path from 'node:path';
import { isBelow } from '../../core/fs/isBelow';
import { ownMounts } from '../../core/procfs/ownMounts';
import { parseCgroup } from '../../core/procfs/parseCgroup';
import type { MountEntry } from '../../core/procfs/parseMountinfo';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { boundedReads, heldUp } from '../processes/BoundedReads';
import { containerProcesses, processOf } from './containerProcesses';
import { freezerRefused, waitUntilFrozen } from './waitUntilFrozen';
import { removeCgroup } from './removeCgroup';
import { tasksBelow } from './tasksBelow';

/** How long processes that have left the cgroup are moved again, in milliseconds. */
const moveWithin = 2000;

/** Limit for one move, in milliseconds. */
const movedWithin = 5000;

/** The hierarchy that can freeze: v2, or the freezer of v1. */
interface Hierarchy {
  readonly mount: string;
  readonly version: 1 | 2;
}

export class Freezer {
  private frozen: { hierarchy: Hierarchy; folder: string; home: Map<number, string> } | undefined;

  /** @param name of the cgroup: unique on this machine */
  constructor(
    private readonly name: string,
    private readonly hostPid: number,
  ) {}

  /** @throws TerrariumError `no-freezer`, `freezer-refused`, those of `containerProcesses` and `resume` */
  async pause(): Promise<void> {
    if (this.frozen) await this.resume(); // an earlier one could not remove the cgroup
    const hierarchy = await findHierarchy();
    const base = process.geteuid!() === 0 ? '' : await cgroupOf('/proc/self', hierarchy);
    const folder = path.join(hierarchy.mount, base ?? '', this.name);
    try {
      await files.mkdir(folder);
      this.frozen = { hierarchy, folder, home: new Map() };
      // Frozen before the move: a process that enters it stops and cannot fork.
      await this.write(true);
      // A process that still ran may have moved others out.
      const until = performance.now() + moveWithin;
      while (await this.gather(until)) await this.waitUntilFrozen();
    } catch (error) {
      await this.resume();
      throw refused(error);
    }
  }

  /**
   * Also after a failed pause. The processes are thawed in any case.
   * @throws TerrariumError `freezer-left` where the cgroup stays; a second call after their end may help
   */
  async resume(): Promise<void> {
    const { frozen } = this;
    if (!frozen) return;
    await this.write(false);
    const { hierarchy, folder, home } = frozen;
    try {
      // A process that can write to the machine's cgroups may move back, or make cgroups below it.
      for (const until = performance.now() + moveWithin; performance.now() < until;) {
        const inside = new Set<number | undefined>();
        for (const tid of await tasksBelow(folder)) inside.add(await processOf(tid));
        if (inside.size === 0) break;
        // Processes forked during the pause go to PID 1's cgroup.
        for (const pid of inside) {
          if (pid === undefined) continue; // it has ended
          const place = home.get(pid) ?? home.get(this.hostPid) ?? '/';
          await move(pid, path.join(hierarchy.mount, place));
        }
      }
      await removeCgroup(folder);
    } catch (error) {
      throw new TerrariumError(
        'freezer-left',
        `The cgroup ${escapeControlCharacters(folder)}, in which its processes were held, cannot be removed: ${messageOf(error)}.`,
        'They go on; it is tried again when the container ends.',
        { cause: error },
      );
    }
    this.frozen = undefined;
  }

  /** @returns whether there was one that was not in it yet */
  private async gather(until: number): Promise<boolean> {
    const { folder, hierarchy, home } = this.frozen!;
    const own = path.join('/', path.relative(hierarchy.mount, folder));
    for (let moved = false; ; moved = true) {
      const outside: [pid: number, place: string][] = [];
      for (const one of await containerProcesses(this.hostPid)) {
        const place = await cgroupOf(one.folder, hierarchy);
        if (place !== undefined && !isBelow(place, own)) outside.push([one.pid, place]);
      }
      if (outside.length === 0) return moved;
      if (performance.now() > until) throw new Error('its processes leave the cgroup again');
      for (const [pid, place] of outside) {
        if (!home.has(pid)) home.set(pid, place);
        await move(pid, folder);
      }
    }
  }

  private async write(freeze: boolean): Promise<void> {
    const { hierarchy, folder } = this.frozen!;
    if (hierarchy.version === 2)
      await files.writeFile(path.join(folder, 'cgroup.freeze'), freeze ? '1' : '0');
    else await files.writeFile(path.join(folder, 'freezer.state'), freeze ? 'FROZEN' : 'THAWED');
  }

  private async waitUntilFrozen(): Promise<void> {
    const { hierarchy, folder } = this.frozen!;
    if (hierarchy.version === 2)
      await waitUntilFrozen(path.join(folder, 'cgroup.events'), /^frozen 1$/m);
    else await waitUntilFrozen(path.join(folder, 'freezer.state'), /^FROZEN$/m);
  }
}

/** The v1 freezer hierarchy (cgroups(7)). */
export function isFreezer({ type, superOptions }: MountEntry): boolean {
  return type === 'cgroup' && superOptions.includes('freezer');
}

async function findHierarchy(): Promise<Hierarchy> {
  const mounts = await ownMounts();
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  if (unified) return { mount: unified.mountPoint, version: 2 };
  const freezer = mounts.find(isFreezer);
  if (freezer) return { mount: freezer.mountPoint, version: 1 };
  throw new TerrariumError(
    'no-freezer',
    'This machine mounts no cgroup hierarchy that can freeze: pausing is not to be had.',
    'Send SIGSTOP to single processes from the Processes view instead.',
  );
}

/**
 * The cgroup's path in that hierarchy (proc_pid_cgroup(5)); undefined where the process has ended.
 * @param folder of a process or thread in /proc
 */
async function cgroupOf(folder: string, { version }: Hierarchy): Promise<string | undefined> {
  const all = parseCgroup(await files.readFile(`${folder}/cgroup`).catch(() => ''));
  return all.find(
    (one) => version === one.version && (version === 2 || one.controllers.includes('freezer')),
  )?.path;
}

/** @throws TerrariumError `process-held-up`: a cpuset reads the memory of a process that it moves */
async function move(pid: number, folder: string): Promise<void> {
  const write = async () => {
    try {
      await files.writeFile(path.join(folder, 'cgroup.procs'), String(pid));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended
    }
    return true;
  };
  if (!(await boundedReads.ask(pid, write, movedWithin))) throw heldUp(pid);
}

function refused(error: unknown): TerrariumError {
  if (error instanceof TerrariumError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
    ? new TerrariumError(
        'no-freezer',
        `Pausing needs a cgroup, and this helper may make none here (${code}).`,
        'Start the container with sudo, or let systemd delegate cgroups to you (Delegate=yes).',
        { cause: error },
      )
    : freezerRefused(error);
}

/**
 * Whether the kernel killed in a runtime's container for want of memory. The runtime takes the cgroup
 * away in which that is counted, so runc is asked to leave it for a look (`--keep`). crun cannot: under
 * cgroup v2 its container gets a cgroup below one of ours, where the kernel counts as well. Used by
 * launchRuntime.ts.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { limitsOf } from '../../../core/sequence/cgroupLimits';
import type { RuntimeName } from '../../../core/config/engine';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { isCgroupGone } from '../../cgroup/tasksBelow';
import { removeCgroup } from '../../cgroup/removeCgroup';
import { findTool } from '../../host/hostTools';
import { runTool } from '../../../core/fs/runTool';

export interface RuntimeMemory {
  /** Further words of `run`. */
  readonly options: readonly string[];
  /** Where the container's cgroup is to be, in the words of config.json. */
  readonly cgroupsPath?: string;
  /** Once it has ended: how many processes were killed, as far as that can be known. */
  kills(): Promise<number>;
  /** Takes away what the look needed; also after a start that failed. */
  remove(): Promise<void>;
}

/** What the runtime knows of the container. */
export interface KeptContainer {
  readonly id: string;
  /** Folder of runc's own records. */
  readonly states: string;
  /** Deletes it from them. */
  forget(): Promise<void>;
}

/** @returns undefined where nothing limits the memory, or nobody could count */
export async function runtimeMemory(
  name: RuntimeName,
  { config }: Bundle,
  { privilege, cgroup }: HostFacts,
  kept: KeptContainer,
): Promise<RuntimeMemory | undefined> {
  const limited = limitsOf(config).some(
    ({ file, value }) => file === 'memory.max' && value !== 'max',
  );
  if (!limited) return undefined;
  if (name === 'runc') return (await keeps(findTool(name)!)) ? keptByRunc(kept) : undefined;
  if (privilege !== 'root' || config.linux.cgroupsPath !== undefined) return undefined;
  if (cgroup?.layout !== 'v2' || cgroup.mount === undefined) return undefined;
  const above = path.join(cgroup.mount, cgroup.name);
  await mkdir(above, { recursive: true });
  return {
    options: [],
    cgroupsPath: `/${cgroup.name}/${kept.id}`,
    kills: () => killsIn(path.join(above, 'memory.events')),
    remove: () => removeCgroup(above),
  };
}

/** runc learnt it with 1.1, and refuses what it does not know. */
async function keeps(runc: string): Promise<boolean> {
  return /^\s+--keep\s/m.test((await runTool(runc, ['run', '--help'])).said);
}

function keptByRunc(kept: KeptContainer): RuntimeMemory {
  return {
    options: ['--keep'],
    kills: async () => {
      const counter = await counterOf(path.join(kept.states, kept.id, 'state.json'));
      return counter === undefined ? 0 : killsIn(counter);
    },
    remove: () => kept.forget(),
  };
}

const RuncState = z.object({ cgroup_paths: z.record(z.string(), z.string()) });

/**
 * The file that counts, from what runc keeps of a container: its cgroups by controller, or under cgroup
 * v2 the one under ''. PID 1 may be gone before anybody has looked where it is.
 */
async function counterOf(state: string): Promise<string | undefined> {
  const text = await readFile(state, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined; // it did not come that far
  });
  const paths = text && RuncState.safeParse(JSON.parse(text)).data?.cgroup_paths;
  if (!paths) return undefined;
  const { memory, '': unified } = paths;
  if (memory !== undefined) return path.join(memory, 'memory.oom_control');
  return unified === undefined ? undefined : path.join(unified, 'memory.events');
}

/** Both files have the line (cgroup-v2.rst, cgroup-v1/memory.rst). */
async function killsIn(file: string): Promise<number> {
  const text = await readFile(file, 'latin1').catch((error: unknown) => {
    if (!isCgroupGone(error)) throw error;
    return ''; // no such controller there, or somebody else took the cgroup away
  });
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

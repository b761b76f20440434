/**
 * Counts the OOM kills in a runtime's container. The runtime removes the cgroup that has the counter, so
 * runc runs with `--keep`. crun has no such option: under cgroup v2 its cgroup is made below one of the
 * helper's, which counts too. Used by launchRuntime.ts.
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
  /** Further options of `run`. */
  readonly options: readonly string[];
  /** `linux.cgroupsPath` of config.json. */
  readonly cgroupsPath?: string;
  /** After the container's exit: how many processes were killed; 0 where that is unknown. */
  kills(): Promise<number>;
  /** Removes what the counting needed, also after a failed start. */
  remove(): Promise<void>;
}

/** The runtime's state of the container. */
export interface KeptContainer {
  readonly id: string;
  /** runc's state directory. */
  readonly states: string;
  /** Deletes the state. */
  forget(): Promise<void>;
}

/** @returns undefined without a memory limit, and where the kills cannot be counted */
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

/** Since runc 1.1; an older runc refuses the option. */
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
 * The file with the counter, from runc's state: `cgroup_paths` has the cgroup of each controller, under
 * cgroup v2 one with the key ''. /proc/PID/cgroup is no source: PID 1 may have exited before it is read.
 */
async function counterOf(state: string): Promise<string | undefined> {
  const text = await readFile(state, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined; // the start failed earlier
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
    return ''; // no such controller, or the cgroup was removed
  });
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

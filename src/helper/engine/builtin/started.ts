/** What a start has in common, whatever carries it out: the container that runs. */
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { mountsProcfs } from '../../../core/config/mountKinds';
import { TerrariumError, messageOf } from '../../../core/errors';
import { codeOf } from '../../../core/fs/codeOf';
import type { StartPlan } from '../../../core/sequence/step';
import type { ContainerExit } from '../../../protocol/container';
import type { ContainerCgroup } from '../../cgroup/ContainerCgroup';
import { killIfAlive } from '../../host/killIfAlive';
import type { LaunchOptions, LaunchedContainer } from '../shared/Engine';
import { memoryWarning, outOfMemory, shortOfMemory } from '../shared/outOfMemory';
import { startCancelled } from '../shared/startCancelled';
import { builtinSession } from './builtinSession';
import type { ProcessEnd } from '../shared/StartProcess';
import type { Reports } from './reports';

/** Of one start. */
export interface Started {
  readonly bundle: Bundle;
  readonly plan: StartPlan;
  readonly hostPid: number;
  readonly procfs: number | undefined;
  /** How PID 1 ended; never rejects. */
  readonly ended: Promise<ContainerExit>;
  readonly cgroup: ContainerCgroup | undefined;
  readonly options: LaunchOptions;
}

export function launched(started: Started): LaunchedContainer {
  const { bundle, plan, hostPid, procfs, cgroup, options } = started;
  let [over, killed] = [false, false];
  const warnOf = (error: unknown) => options.onWarning?.(messageOf(error));
  cgroup?.watchMemory((kills) => options.onWarning?.(memoryWarning(bundle, kills)));
  const exited = started.ended.then(async (exit) => {
    over = true;
    if (procfs !== undefined) closeSync(procfs);
    await cgroup?.remove().catch(warnOf);
    return cgroup?.oomKills ? outOfMemory(bundle, exit, cgroup.oomKills, killed) : exit;
  });
  const program = { root: bundle.rootfs, hostPid: () => firstChild(hostPid) };
  const container: LaunchedContainer = {
    bundle,
    hostPid,
    ...(plan.way === 'hand' ? { program } : {}),
    ...(cgroup ? { cgroup } : {}),
    ...(plan.emulation ? { emulation: plan.emulation } : {}),
    procfs,
    exited,
    session: (request) => builtinSession(container, plan, request),
    signal: (signal) => {
      if (over) return;
      if (signal === 'SIGKILL') {
        killed = true;
        cgroup?.killAll();
      }
      const byHand = plan.way === 'hand' && signal !== 'SIGKILL';
      killIfAlive(byHand ? program.hostPid() : hostPid, signal);
    },
  };
  return container;
}

/** Orphans of the container come after what PID 1 has started itself. @returns itself where it has none */
function firstChild(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return Number(children.split(' ', 1)[0]) || pid;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return pid; // it has ended
    throw error;
  }
}

/** @returns a descriptor of the container's own procfs, or undefined where none is mounted */
export function openProcfs(bundle: Bundle, plan: StartPlan, pid: number): number | undefined {
  if (!mountsProcfs(bundle.config)) return undefined;
  const folder = `/proc/${pid}/root${plan.way === 'hand' ? bundle.rootfs : ''}/proc`;
  return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/**
 * After a start that has failed, when none of its processes is left: removes its cgroup.
 * @returns the error to throw: it says where memory was too short for the start
 */
export async function undone(
  error: unknown,
  bundle: Bundle,
  cgroup: ContainerCgroup | undefined,
  options: LaunchOptions,
): Promise<unknown> {
  const kills = cgroup?.oomKills;
  options.onCgroupEntered?.();
  await cgroup?.remove().catch((left: unknown) => options.onWarning?.(messageOf(left)));
  return kills && error instanceof TerrariumError ? shortOfMemory(bundle, error) : error;
}

/**
 * What a start waits for, for as long as its process lives and nobody cancels it.
 * @param ended the end of that process, of which `reports` knows the reason
 * @throws TerrariumError of the step that failed, `start-cancelled`
 */
export function untilFailure(
  bundle: Bundle,
  ended: Promise<ProcessEnd>,
  reports: Reports,
  signal: AbortSignal | undefined,
): <T>(promise: Promise<T>) => Promise<T> {
  const dies = ended.then(({ exitCode, failure }): never => {
    if (failure !== undefined) reports.print(failure);
    return reports.throwFailure(exitCode ?? 1);
  });
  dies.catch(() => undefined); // raced; after the start the end is an ordinary one
  const cancelled = new Promise<never>((_, reject) => {
    const cancel = () => reject(startCancelled(bundle));
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel);
  });
  cancelled.catch(() => undefined);
  return (promise) => Promise.race([promise, dies, cancelled]);
}

/** A promise and what resolves it. */
export function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

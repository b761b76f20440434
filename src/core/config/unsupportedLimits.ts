/** What of `linux.resources` the built-in engine does not do. Used by `unsupported`. */
import type { OciConfig } from './schema';
import type { StartWay } from './startWay';

/** @returns the keys with the reason of each */
export function unsupportedLimits(
  { linux: { resources } }: OciConfig,
  privilege: 'root' | 'rootless',
  way: StartWay,
): {
  path: (string | number)[];
  reason: string;
}[] {
  if (!resources) return [];
  const found: { path: (string | number)[]; reason: string }[] = [];
  const report = (path: string[], reason: string) =>
    found.push({ path: ['linux', 'resources', ...path], reason });
  const { memory, cpu, pids, blockIO, devices } = resources;
  // One line for all of its rules: every other runtime's bundle has at least one.
  if (devices?.length && !(way === 'program' && privilege === 'root'))
    report(
      ['devices'],
      `${way === 'program' ? 'root of this machine alone may load a BPF program that filters devices' : 'commands of this machine filter no devices'}; its own /dev and its ids decide what is within reach`,
    );
  for (const key of ['network', 'rdma'] as const)
    if (resources[key] !== undefined) report([key], 'the built-in engine sets no such limit');
  for (const key of ['kernel', 'kernelTCP', 'swappiness'] as const)
    if (memory?.[key] !== undefined) report(['memory', key], onlyV1);
  if (memory?.useHierarchy === false)
    report(['memory', 'useHierarchy'], 'cgroup v2 always counts what is below as well');
  if (memory?.disableOOMKiller) report(['memory', 'disableOOMKiller'], onlyV1);
  for (const key of ['realtimeRuntime', 'realtimePeriod'] as const)
    if (cpu?.[key] !== undefined) report(['cpu', key], onlyV1);
  for (const key of ['leafWeight', 'weightDevice'] as const)
    if (blockIO?.[key] !== undefined)
      report(['blockIO', key], 'the built-in engine sets no such limit');
  const zero = '0 stands for no limit, as in other runtimes';
  for (const key of ['limit', 'reservation', 'swap'] as const)
    if (memory?.[key] === 0) report(['memory', key], zero);
  if (pids?.limit === 0) report(['pids', 'limit'], zero);
  if (cpu?.quota === 0) report(['cpu', 'quota'], zero);
  const usual = '0 stands for what is usual, as in other runtimes';
  for (const key of ['shares', 'period'] as const)
    if (cpu?.[key] === 0) report(['cpu', key], usual);
  if (blockIO?.weight === 0) report(['blockIO', 'weight'], usual);
  return found;
}

const onlyV1 = 'cgroup v2 has nothing of the kind';

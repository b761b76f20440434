/**
 * The processes outside a container that lead to its PID 1: whose table it is, sudo where it waits, the
 * helper, and what stands between helper and PID 1 (terrarium-init, unshare, runc). Called by `SightWatcher`.
 */
import type { ProcessStat } from '../../core/procfs/parseStat';
import type { SightRole } from '../../protocol/sight';

/** comm of terrarium-init, which has fifteen characters at most. */
const programName = 'terrarium-init';

export interface ChainLink {
  readonly hostPid: number;
  readonly startTime: string;
  readonly role: SightRole;
}

/** Longer chains are no chains: parents are read one after the other, and PIDs are reused. */
const maxLinks = 12;

export interface ChainPlace {
  readonly helper: number;
  /** Host PID of PID 1; undefined while there is none. */
  readonly pid1: number | undefined;
  readonly viewer: number | undefined;
}

/**
 * @param stat of a process, undefined where it has ended or keeps its readers waiting (BoundedReads.ts)
 * @returns from the top down; the last one is the PID 1, where it is there
 */
export async function chainOf(
  { helper, pid1, viewer }: ChainPlace,
  stat: (pid: number) => Promise<ProcessStat | undefined>,
): Promise<ChainLink[]> {
  const above = await ancestors(helper, stat, ({ comm }) => comm === 'sudo');
  const stop = new Set([helper, ...above.map(({ pid }) => pid)]);
  const own = await stat(helper);
  const init = pid1 === undefined ? undefined : await stat(pid1);
  const between = init ? await ancestors(init.pid, stat, ({ pid }) => !stop.has(pid)) : [];
  const watching = viewer === undefined ? undefined : await stat(viewer);
  // Where PID 1 has another parent (runc --detach), what is above it is this machine's init.
  const monitors = between
    .filter(({ ppid, pid }) => pid !== 1 && ppid !== 0)
    // What forks for each start (src/init/spawner.c) has nothing to do with what it has forked.
    .filter(({ comm }, index, all) => comm !== programName || all[index + 1]?.comm !== programName);
  const link = ({ pid, startTime }: ProcessStat, role: SightRole): ChainLink => ({
    ...{ hostPid: pid, startTime, role },
  });
  return [
    ...(watching ? [link(watching, 'viewer')] : []),
    ...above.map((one) => link(one, 'sudo')),
    ...(own ? [link(own, 'helper')] : []),
    ...monitors.map((one) => link(one, 'monitor')),
    ...(init ? [link(init, 'init')] : []),
  ];
}

/** Parents of a process, the highest first, as long as `belongs` says so. */
async function ancestors(
  pid: number,
  stat: (pid: number) => Promise<ProcessStat | undefined>,
  belongs: (one: ProcessStat) => boolean,
): Promise<ProcessStat[]> {
  const found: ProcessStat[] = [];
  let at = await stat(pid);
  while (at && at.ppid > 0 && found.length < maxLinks) {
    at = await stat(at.ppid);
    if (!at || !belongs(at)) break;
    found.unshift(at);
  }
  return found;
}

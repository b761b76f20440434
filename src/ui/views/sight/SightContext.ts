/** What the texts of the table of sights know of the container. Made by the panel. */
import type { Neighbours } from '../../../core/sight/relationOf';
import type { SightLine } from '../../../core/sight/sightLine';
import type { ContainerInfo } from '../../../protocol/container';
import type { ProcessSnapshot } from '../../../protocol/snapshot';

export interface SightContext {
  readonly engine: ContainerInfo['engine'];
  /** Started by the commands unshare, mount and chroot. */
  readonly isByHand: boolean;
  readonly init: ProcessSnapshot | undefined;
}

export function contextOf(
  engine: ContainerInfo['engine'],
  lines: readonly SightLine[],
): SightContext {
  const monitor = lines.find(({ row }) => row.role === 'monitor');
  return {
    engine,
    isByHand: engine === 'builtin' && monitor?.snapshot.name === 'unshare',
    init: lines.find(({ row }) => row.role === 'init')?.snapshot,
  };
}

/** What the line at this place is compared with. */
export function neighboursOf(
  lines: readonly SightLine[],
  at: number,
  { init }: SightContext,
): Neighbours {
  return { above: lines[at - 1]?.snapshot, init };
}

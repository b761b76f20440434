/** What clients are told of a container. Called by ManagedContainer.ts. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { kindOf } from '../../core/bundle/loadBundleOrFolder';
import { isOnLayer } from '../../core/config/scratchLayer';
import type { ContainerInfo } from '../../protocol/container';
import { engineOf } from '../engine/engineOf';

type Told = 'id' | 'state' | 'console' | 'sessions' | 'startedAt';
type ToldWhereItIs = 'hostPid' | 'waitsAt' | 'exit' | 'failure';

/** What only the container itself knows. */
export type ContainerParts = Pick<ContainerInfo, Told> & {
  readonly [Key in ToldWhereItIs]: ContainerInfo[Key] | undefined;
} & {
  readonly paused: boolean;
  readonly asked: boolean;
  readonly warnings: readonly string[];
};

export function containerInfo(
  bundle: Bundle,
  { hostPid, waitsAt, exit, failure, paused, asked, warnings, ...always }: ContainerParts,
): ContainerInfo {
  return {
    ...always,
    bundle: bundle.path,
    kind: kindOf(bundle),
    name: bundle.name,
    privilege: process.geteuid!() === 0 ? 'root' : 'rootless',
    engine: engineOf(bundle.config).name,
    ...(hostPid === undefined ? {} : { hostPid }),
    ...(waitsAt ? { waitsAt } : {}),
    ...(paused ? { paused } : {}),
    ...(exit ? { exit } : {}),
    ...(asked ? { asked } : {}),
    ...(isOnLayer(bundle.config) ? { layer: true } : {}),
    ...(failure === undefined ? {} : { failure }),
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  };
}

/** Entries of linux.devices whose place holds something else in any case. For `unsupported` and `ownDeviceSteps`. */
import path from 'node:path';
import { destinationOf, topmostMounts } from './mountKinds';
import type { OciConfig } from './schema';
import { ptmxDevices, usualDevices } from './usualDevices';

/**
 * As runc has it, which takes what is there for the device: a device that every container has, the ptmx of the
 * devpts, what `mounts` puts there, an earlier entry with that path.
 */
export type InsteadOfDevice = 'usual' | 'ptmx' | 'mount' | 'earlier';

/** @returns one for each entry; undefined where its node is to be made */
export function insteadOfDevices({
  mounts,
  linux,
}: Pick<OciConfig, 'mounts' | 'linux'>): (InsteadOfDevice | undefined)[] {
  const topmost = topmostMounts(mounts);
  const earlier = new Set<string>();
  return (linux.devices ?? []).map((device) => {
    const place = path.posix.resolve('/', device.path);
    const isRepeated = earlier.has(place);
    earlier.add(place);
    const mount = topmost(place);
    if (mount && destinationOf(mount) === place) return 'mount';
    if (place in usualDevices) return 'usual';
    if (place === '/dev/ptmx' || (place in ptmxDevices && mount?.type === 'devpts')) return 'ptmx';
    return isRepeated ? 'earlier' : undefined;
  });
}

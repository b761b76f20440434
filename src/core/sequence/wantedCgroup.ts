/** What a start and its preview have to know of the tree of cgroups. */
import type { OciConfig } from '../config/schema';
import { cgroupPlace, wantsCgroup } from './planCgroup';
import { type CgroupFacts, type CgroupReader, readCgroups } from '../cgroup/cgroupFacts';

/** @returns undefined where config.json asks for no cgroup: the tree is not looked at then */
export async function wantedCgroup(
  config: OciConfig,
  reader: Omit<CgroupReader, 'place'>,
): Promise<CgroupFacts | undefined> {
  if (!wantsCgroup(config, reader.privilege)) return undefined;
  return readCgroups({ ...reader, place: (base) => cgroupPlace(config, base, reader.name) });
}

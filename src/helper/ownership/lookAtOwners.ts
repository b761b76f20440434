/** What Take Ownership would change: a walk that changes nothing. Called by ownership.ts. */
import {
  type OwnershipReport,
  type SomeFiles,
  namesTold,
  unmapped,
} from '../../protocol/ownership';
import { type Foreign, eachForeign, hasSetId, inodeOf } from './foreignFiles';
import { canKeepCapabilities } from './capabilities';
import type { Job } from './openPlace';

/** How many user ids are told. */
const ownersTold = 8;

export async function lookAtOwners(job: Job): Promise<OwnershipReport> {
  const { ids } = job;
  const owners = new Set<number | typeof unmapped>();
  const seen = new Set<string>();
  const [files, setId, capabilities, devices, left] = [1, 2, 3, 4, 5].map(() => new Some(job));
  await eachForeign(job, (batch) => {
    for (const one of batch) {
      const { stat, leftOut, capability } = one;
      // A file with several names is one file.
      if (!stat.isDirectory() && stat.nlink > 1n && seen.has(inodeOf(stat))) continue;
      seen.add(inodeOf(stat));
      if (leftOut) {
        (leftOut === 'device' ? devices : left)!.add(one);
        continue;
      }
      files!.add(one);
      if (owners.size < ownersTold) owners.add(ids.ownerOf(one)?.uid ?? unmapped);
      if (hasSetId(one)) setId!.add(one);
      if (capability !== undefined) capabilities!.add(one);
    }
    return Promise.resolve();
  });
  return {
    files: files!.told,
    owners: [...owners].sort((a, b) => Number(a === unmapped) - Number(b === unmapped) || +a - +b),
    setId: setId!.told,
    ...(canKeepCapabilities() && { capabilities: capabilities!.told }),
    devices: devices!.told,
    links: left!.told,
  };
}

/** Longest path that is told, in characters. */
const maxTold = 500;

function shortened(path: string): string {
  return path.length > maxTold ? `${path.slice(0, maxTold)}…` : path;
}

/** Counts files and keeps the first names. */
export class Some {
  readonly told: SomeFiles = { count: 0, names: [] };

  constructor(private readonly job: Job) {}

  add(one: Pick<Foreign, 'way'>): void {
    this.told.count++;
    if (this.told.names.length < namesTold)
      this.told.names.push(shortened(String(this.job.pathOf(one))));
  }
}

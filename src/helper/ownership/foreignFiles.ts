/**
 * The files below a place that the person does not own, in batches of open descriptors. The preview and the
 * change use the same walk.
 */
import { closeSync } from 'node:fs';
import type { Visited } from '../../core/fs/walkTree';
import type { Ids, Owner } from './Ids';
import { readCapabilities } from './capabilities';
import type { Job } from './openPlace';

/** Files that are held at the same time; the words of one getfattr. */
const batchSize = 512;

const setIdBits = 0o6000n;
const typeBits = 0o170000n;
const writableByOthers = 0o022n;

export interface Foreign extends Visited {
  /** Base64 of `security.capability`. */
  readonly capability?: string | undefined;
  /** Why it is left as it is. */
  readonly leftOut?: 'device' | 'link';
}

export function isRegular({ mode }: Visited['stat']): boolean {
  return (mode & typeBits) === 0o100000n;
}

export function hasSetId({ stat }: Visited): boolean {
  return isRegular(stat) && (stat.mode & setIdBits) !== 0n;
}

export function isDevice({ mode }: Visited['stat']): boolean {
  return [0o020000n, 0o060000n].includes(mode & typeBits);
}

export function inodeOf({ ino, birthtimeNs }: Visited['stat']): string {
  return `${ino}-${birthtimeNs}`;
}

/**
 * The names of files with several hard links. Another user can link(2) a file that is not theirs into a
 * folder that they may write to, and it must not become the person's. So such a file is changed only where
 * all its names are in folders in which only the person and root can create names.
 */
class HardLinks {
  private readonly names = new Map<string, { met: bigint; safe: boolean }>();

  constructor(
    private readonly ids: Ids,
    private readonly person: Owner,
  ) {}

  get isEmpty(): boolean {
    return this.names.size === 0;
  }

  meet({ stat, holder }: Visited): void {
    const known = this.names.get(inodeOf(stat));
    this.names.set(inodeOf(stat), {
      met: (known?.met ?? 0n) + 1n,
      safe: (known?.safe ?? true) && this.isSafe(holder),
    });
  }

  mayChange(one: Visited): boolean {
    if (!isLinked(one)) return true;
    const { stat, holder } = one;
    const known = this.names.get(inodeOf(stat));
    return known !== undefined && known.safe && known.met === stat.nlink && this.isSafe(holder);
  }

  private isSafe({ uid, mode }: Visited['stat']): boolean {
    if ((mode & writableByOthers) !== 0n && !this.ids.mapped) return false;
    return this.ids.mapped || uid === 0n || Number(uid) === this.person.uid;
  }
}

/** A folder's links are its own `..` and those of the folders in it. */
function isLinked({ stat }: Visited): boolean {
  return !stat.isDirectory() && stat.nlink > 1n;
}

/**
 * Files with several names come last, in a walk of their own: all their names have to be met first.
 * @param act gets each batch while its files are held
 */
export async function eachForeign(
  { ids, person, walk }: Pick<Job, 'ids' | 'person' | 'walk'>,
  act: (batch: readonly Foreign[]) => Promise<void>,
): Promise<void> {
  const me = ids.inside(person);
  const links = new HardLinks(ids, me);
  const isForeign = ({ stat }: Visited) => Number(stat.uid) !== me.uid;
  await inBatches(walk(), links, act, (one) => {
    if (!isForeign(one)) return false;
    if (isLinked(one)) links.meet(one);
    return !isLinked(one);
  });
  if (!links.isEmpty) await inBatches(walk(), links, act, (one) => isForeign(one) && isLinked(one));
}

async function inBatches(
  files: AsyncIterable<Visited>,
  links: HardLinks,
  act: (batch: readonly Foreign[]) => Promise<void>,
  wanted: (one: Visited) => boolean,
): Promise<void> {
  let batch: Visited[] = [];
  const close = () => {
    for (const { fd } of batch) closeSync(fd);
    batch = [];
  };
  const flush = async () => {
    const mayChange = batch.map((one) => links.mayChange(one));
    const capabilities = await readCapabilities(
      batch.filter((one, at) => isRegular(one.stat) && mayChange[at]).map(({ fd }) => fd),
    );
    await act(
      batch.map((one, at): Foreign => {
        if (isDevice(one.stat)) return { ...one, leftOut: 'device' };
        if (!mayChange[at]) return { ...one, leftOut: 'link' };
        return { ...one, capability: capabilities.get(one.fd) };
      }),
    );
    close();
  };
  try {
    for await (const one of files) {
      if (!wanted(one)) closeSync(one.fd);
      else if (batch.push(one) >= batchSize) await flush();
    }
    await flush();
  } finally {
    close();
  }
}

/** Brings one archive into the rootfs; as a layer over others it may take files away. Called by importBundle.ts. */
import { type Hash, createHash } from 'node:crypto';
import type { FolderNames } from '../../core/image/FolderNames';
import { LayerPlan } from '../../core/image/LayerPlan';
import { pathOfEntry } from '../../core/image/entryName';
import { TarReader } from '../../core/tar/TarReader';
import type { Blob } from './blobs';
import type { Confinement } from './Confinement';
import type { EntryPolicy } from './EntryPolicy';
import type { Meter } from './Meter';
import { type Layer, wrongDigest } from './openImage';
import { uncompressed } from './openSource';
import type { Unpacker } from './Unpacker';

export interface ApplyOptions {
  readonly confinement: Confinement;
  readonly meter: Meter;
  readonly policy: EntryPolicy;
  readonly unpacker: Unpacker;
  /** A folder beside the rootfs, for files that are gone at the end. */
  readonly scratch: string;
  /** Of the layers that have been unpacked. */
  readonly folders: FolderNames;
}

/** @throws TerrariumError */
export async function applyTar(blob: Blob, options: ApplyOptions): Promise<void> {
  const pieces = uncompressed(blob, options.confinement, options.meter.read);
  await unpack(pieces, { ...options, inLayer: false });
}

/** @param pieces a tar archive of a tree @throws TerrariumError */
export async function applyPieces(
  pieces: AsyncGenerator<Buffer>,
  options: ApplyOptions,
): Promise<void> {
  await unpack(pieces, { ...options, inLayer: false, toItsEnd: true });
}

/** @param isLowest there is nothing that it could take away @throws TerrariumError `digest-wrong` */
export async function applyLayer(
  { blob, digest, diffId }: Layer,
  isLowest: boolean,
  options: ApplyOptions,
): Promise<void> {
  const { confinement, meter, policy, unpacker } = options;
  if (!isLowest) {
    const removals = await removalsOf(blob, options);
    policy.removed(removals);
    await unpacker.remove(removals.whole, removals.childrenOf);
  }
  const stored = digest === undefined ? undefined : createHash(digest.split(':')[0]!);
  const store = (bytes: Buffer) => stored?.update(bytes);
  const content = createHash(diffId.split(':')[0]!);
  const pieces = uncompressed(blob, confinement, meter.read, store);
  await unpack(pieces, { ...options, inLayer: true, content });
  if (stored && digest !== hexOf(digest!, stored)) throw wrongDigest(digest!);
  if (diffId !== hexOf(diffId, content)) throw wrongDigest(diffId);
}

/** A layer's whiteouts may stand anywhere in it, and count before its entries. */
async function removalsOf(blob: Blob, { confinement, meter, folders }: ApplyOptions) {
  const plan = new LayerPlan();
  const reader = new TarReader({
    onEntry: ({ name, type }) => {
      plan.add(pathOfEntry(name), type === 'dir');
      return 'drop';
    },
  });
  for await (const bytes of uncompressed(blob, confinement, meter.read)) {
    meter.unpacked(0);
    reader.push(bytes);
    if (reader.ended) break;
  }
  reader.end();
  return plan.removals(folders);
}

interface UnpackOptions extends Omit<ApplyOptions, 'confinement' | 'scratch'> {
  readonly inLayer: boolean;
  /** Also what follows the mark of the end. */
  readonly toItsEnd?: boolean;
  /** Told of all that is read, to its end. */
  readonly content?: Hash;
}

async function unpack(
  pieces: AsyncGenerator<Buffer>,
  {
    meter,
    policy,
    unpacker,
    folders,
    inLayer,
    content,
    toItsEnd = content !== undefined,
  }: UnpackOptions,
): Promise<void> {
  const reader = new TarReader({
    onEntry: (entry) => {
      const verdict = policy.verdict(entry, inLayer);
      if (inLayer && verdict !== 'drop') folders.add(pathOfEntry(entry.name), entry.type === 'dir');
      return verdict;
    },
    pass: (bytes) => unpacker.add(bytes),
  });
  for await (const bytes of pieces) {
    content?.update(bytes);
    reader.push(bytes);
    meter.unpacked(bytes.length, policy.entries);
    await unpacker.flush();
    await policy.save();
    if (reader.ended && !toItsEnd) break;
  }
  reader.end();
}

function hexOf(digest: string, hash: Hash): string {
  return `${digest.split(':')[0]}:${hash.digest('hex')}`;
}

/** Where the parts of an image lie: in a folder, or in one tar archive that is read from any place. */
import { constants, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { withInside } from '../../core/fs/openInside';
import { readAt } from '../../core/fs/readBounded';
import { pathOfEntry } from '../../core/image/entryName';
import { TarReader } from '../../core/tar/TarReader';
import { piece } from './decompress';
import type { Reader } from './Reader';

/** Some bytes of a file. */
export interface Blob {
  readonly handle: FileHandle;
  readonly at: number;
  readonly size: number;
}

type Tap = (bytes: Buffer) => void;

export interface BlobStore {
  /** @returns undefined where there is none */
  get(name: string): Promise<Blob | undefined>;
  close(): Promise<void>;
}

/** @param taps are told what is read. The file stays open. */
export function readBlob(blob: Blob, ...taps: Tap[]): Readable {
  const pieces = piecesOf(blob, taps, () => Buffer.allocUnsafe(piece));
  return Readable.from(pieces, { objectMode: false, highWaterMark: piece });
}

/** The same in two places in turn, so each piece is good until the next but one: a large archive leaves no garbage. */
export function piecesInPlace(blob: Blob, ...taps: Tap[]): AsyncGenerator<Buffer> {
  const buffers = [Buffer.allocUnsafe(large), Buffer.allocUnsafe(large)] as const;
  let at = 0;
  return piecesOf(blob, taps, () => buffers[at++ % 2]!);
}

/** More at once wakes the unpacker less often; in bytes. */
const large = 4 * piece;

async function* piecesOf(
  { handle, at, size }: Blob,
  taps: readonly Tap[],
  bufferFor: () => Buffer,
): AsyncGenerator<Buffer> {
  for (let done = 0; done < size;) {
    const buffer = bufferFor();
    const length = Math.min(buffer.length, size - done);
    // libuv's threads would cost more than the reading. Between two pieces everything else has its turn.
    await setImmediate();
    const bytesRead = readSync(handle.fd, buffer, 0, length, at + done);
    if (bytesRead === 0) return; // it has become shorter, and its digest or its tar tells
    const bytes = buffer.subarray(0, bytesRead);
    for (const tap of taps) tap(bytes);
    yield bytes;
    done += bytesRead;
  }
}

/** A folder may be a stranger's: no link leads out of it. */
export class FolderStore implements BlobStore {
  private readonly handles: FileHandle[] = [];

  constructor(
    private readonly folder: string,
    private readonly reader: Reader,
  ) {}

  async get(name: string): Promise<Blob | undefined> {
    return this.reader.opening(() =>
      withInside(this.folder, name, async ({ stat, held }) => {
        if (!stat.isFile()) return undefined;
        const handle = await open(held, constants.O_RDONLY | constants.O_NONBLOCK);
        this.handles.push(handle);
        return { handle, at: 0, size: stat.size };
      }),
    );
  }

  async close(): Promise<void> {
    for (const handle of this.handles.splice(0)) await handle.close();
  }
}

interface Place {
  readonly at: number;
  readonly size: number;
  /** Of a symbolic link: `docker save` wrote one for a layer that it had written before. */
  readonly link?: string;
}

/** What images are made of: `oci-layout`, `blobs/…`, and the forms of `docker save` and `podman save`. */
const ofImage =
  /^(|blobs(\/.*)?|oci-layout|index\.json|manifest\.json|repositories|[0-9a-f]{64}(\.json|\.tar(\.gz)?|\/.*)?)$/;

/** Of an archive that is an image: files, some for each layer. */
const maxPlaces = 100_000;

export class ArchiveStore implements BlobStore {
  private constructor(
    private readonly handle: FileHandle,
    private readonly places: ReadonlyMap<string, Place>,
  ) {}

  /** @returns undefined where it is no image, known by its first other name */
  static async of(handle: FileHandle): Promise<ArchiveStore | undefined> {
    const places = new Map<string, Place>();
    let isImage = true;
    const reader = new TarReader({
      onEntry: ({ name, type, contentAt: at, size, linkName }) => {
        const path = pathOfEntry(name);
        if (!ofImage.test(path) || places.size > maxPlaces) isImage = false;
        if (type === 'file') places.set(path, { at, size });
        if (type === 'symlink')
          places.set(path, { at, size, link: resolved(path, linkName.toString('latin1')) });
        return 'drop';
      },
    });
    for (let at = 0; isImage && !reader.ended; at += reader.skipContent()) {
      const bytes = await readAt(handle, at, 4096);
      if (bytes.length === 0) break;
      reader.push(bytes);
      at += bytes.length;
    }
    const known = places.has('manifest.json') || places.has('oci-layout');
    return isImage && known ? new ArchiveStore(handle, places) : undefined;
  }

  get(name: string): Promise<Blob | undefined> {
    let place = this.places.get(name);
    for (let links = 0; place?.link !== undefined && links < 8; links++)
      place = this.places.get(place.link);
    const { handle } = this;
    const found = place && place.link === undefined ? { handle, ...place } : undefined;
    return Promise.resolve(found);
  }

  close(): Promise<void> {
    return Promise.resolve(); // whose file it is closes it
  }
}

/** @returns whether the beginning of an archive is that of an image */
export function beginsAsImage(start: Buffer): boolean {
  const names: string[] = [];
  const reader = new TarReader({
    onEntry: ({ name }) => {
      names.push(pathOfEntry(name));
      return 'drop';
    },
  });
  reader.push(start);
  return names.length > 0 && names.every((name) => ofImage.test(name));
}

function resolved(path: string, link: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of link.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  return parts.join('/');
}

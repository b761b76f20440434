/**
 * Writes an image of one layer or more: as an OCI image layout (image-spec, image-layout.md) in a folder; or as one archive of it, which
 * has a manifest.json too, as `docker save` writes it, so that Docker, Podman and skopeo load it. Called by
 * exportBundle.ts.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type ImageName, imageNameText } from '../../core/image/imageName';
import type { ImageConfig, Platform } from '../../core/image/schema';
import { encodeEntry, endOfArchive, padding } from '../../core/tar/encodeEntry';
import { blockSize } from '../../core/tar/tarHeader';
import { fileSink, openNew, writeAll } from './fileSink';

export interface LayerBlob {
  /** Of what is stored, and of the tar archive in it. */
  readonly digest: string;
  readonly diffId: string;
  readonly size: number;
}

export interface BlobWriter {
  /** In their order, before all other files. */
  layer(tree: AsyncIterable<Buffer>): Promise<LayerBlob>;
  file(name: string, content: Buffer): Promise<void>;
  /** @returns bytes of all that was written */
  finish(): Promise<number>;
}

/** Writes compressed bytes at the end of a file. @returns what the layer's descriptor says */
async function writeLayer(handle: FileHandle, at: number, tree: AsyncIterable<Buffer>) {
  const [stored, content] = [createHash('sha256'), createHash('sha256')];
  let size = 0;
  await pipeline(
    Readable.from(tree, { objectMode: false }),
    new Transform({
      transform(bytes: Buffer, _, done) {
        content.update(bytes);
        done(undefined, bytes);
      },
    }),
    createGzip({ chunkSize: 128 * 1024 }),
    fileSink(handle, at, (bytes) => {
      stored.update(bytes);
      size += bytes.length;
    }),
  );
  const digest = `sha256:${stored.digest('hex')}`;
  return { digest, diffId: `sha256:${content.digest('hex')}`, size };
}

export class FolderWriter implements BlobWriter {
  private size = 0;

  private constructor(private readonly folder: string) {}

  static async make(folder: string): Promise<FolderWriter> {
    await mkdir(folder, 0o700);
    await mkdir(path.join(folder, blobs), { recursive: true });
    return new FolderWriter(folder);
  }

  async layer(tree: AsyncIterable<Buffer>): Promise<LayerBlob> {
    const place = path.join(this.folder, blobs, 'layer');
    const handle = await openNew(place);
    try {
      const layer = await writeLayer(handle, 0, tree);
      await rename(place, path.join(this.folder, blobName(layer.digest)));
      this.size += layer.size;
      return layer;
    } finally {
      await handle.close();
    }
  }

  async file(name: string, content: Buffer): Promise<void> {
    await writeFile(path.join(this.folder, name), content, { flag: 'wx' });
    this.size += content.length;
  }

  finish(): Promise<number> {
    return Promise.resolve(this.size);
  }
}

export class ArchiveWriter implements BlobWriter {
  private at = 0;

  private constructor(
    private readonly handle: FileHandle,
    /** Seconds since the epoch, of all entries. */
    private readonly mtime: string,
  ) {}

  /** Begins with the folders: skopeo gives those that it has to make itself to root, which nobody else may. */
  static async begin(handle: FileHandle, mtime: string): Promise<ArchiveWriter> {
    const writer = new ArchiveWriter(handle, mtime);
    for (const name of ['blobs/', `${blobs}/`])
      await writer.add(encodeEntry({ name: Buffer.from(name), type: 'dir', mode: 0o755, mtime }));
    return writer;
  }

  /** Its name and size are known at its end, so its header is written then. */
  async layer(tree: AsyncIterable<Buffer>): Promise<LayerBlob> {
    const start = this.at;
    const layer = await writeLayer(this.handle, start + blockSize, tree);
    await writeAll(this.handle, encodeEntry(this.entry(blobName(layer.digest), layer.size)), start);
    this.at = start + blockSize + layer.size;
    await this.add(padding(layer.size));
    return layer;
  }

  async file(name: string, content: Buffer): Promise<void> {
    await this.add(encodeEntry(this.entry(name, content.length)));
    await this.add(content);
    await this.add(padding(content.length));
  }

  async finish(): Promise<number> {
    await this.add(endOfArchive);
    return this.at;
  }

  private entry(name: string, size: number) {
    return { name: Buffer.from(name), type: 'file' as const, mode: 0o644, size, mtime: this.mtime };
  }

  private async add(bytes: Buffer): Promise<void> {
    await writeAll(this.handle, bytes, this.at);
    this.at += bytes.length;
  }
}

const blobs = 'blobs/sha256';

function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

export interface ImageContent {
  readonly config: ImageConfig;
  /** The lowest comes first. */
  readonly layers: readonly LayerBlob[];
  readonly platform: Platform;
  readonly reference: ImageName;
}

/** @returns the digest of the manifest */
export async function writeDocuments(
  writer: BlobWriter,
  { config, layers, platform, reference }: ImageContent,
  forDocker: boolean,
): Promise<string> {
  const add = async (mediaType: string, document: object) => {
    const content = json(document);
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    await writer.file(blobName(digest), content);
    return { mediaType, digest, size: content.length };
  };
  const configBlob = await add('application/vnd.oci.image.config.v1+json', config);
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await add(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: configBlob,
    layers: layers.map(({ digest, size }) => ({
      ...{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size },
    })),
  });
  const name = imageNameText(reference);
  // Containerd and Docker take the whole name; all others look for the tag.
  const annotations = {
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': reference.tag,
  };
  const indexType = 'application/vnd.oci.image.index.v1+json';
  const manifests = [{ ...manifest, platform, annotations }];
  await writer.file('index.json', json({ schemaVersion: 2, mediaType: indexType, manifests }));
  await writer.file('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  if (forDocker) {
    const image = {
      Config: blobName(configBlob.digest),
      RepoTags: [name],
      Layers: layers.map(({ digest }) => blobName(digest)),
    };
    await writer.file('manifest.json', json([image]));
  }
  return manifest.digest;
}

function json(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

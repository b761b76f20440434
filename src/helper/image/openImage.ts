/**
 * Finds the layers and the config of an image: an OCI image layout (image-spec, image-layout.md), or what
 * `docker save` writes, in its old form and its new one.
 */
import { createHash } from 'node:crypto';
import { TerrariumError } from '../../core/errors';
import { readAt } from '../../core/fs/readBounded';
import { shownName } from '../../core/image/entryName';
import { indexTypes, isLayerType, manifestTypes } from '../../core/image/mediaTypes';
import { chooseManifest, platformText } from '../../core/image/platform';
import {
  type Descriptor,
  DockerArchive,
  ImageConfig,
  Index,
  Layout,
  Manifest,
  type Platform,
  maxDocumentBytes,
  parseDocument,
} from '../../core/image/schema';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Blob, BlobStore } from './blobs';

export interface Layer {
  readonly blob: Blob;
  /** Of its bytes as they are stored. */
  readonly digest?: string;
  /** Of the tar archive that they are, uncompressed. */
  readonly diffId: string;
}

export interface Image {
  readonly form: 'oci' | 'docker';
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
  /** Of its manifest, where it has one. */
  readonly digest?: string;
}

/** An index may lead to an index. */
const maxDepth = 4;

/** @returns undefined where the folder or archive is no image @throws TerrariumError */
export async function openImage(store: BlobStore, wanted: Platform): Promise<Image | undefined> {
  const layout = await store.get('oci-layout');
  const index = await store.get('index.json');
  const docker = await store.get('manifest.json');
  const directory = docker && (await store.get('version'));
  if (layout && index) {
    parseDocument(Layout, await documentOf(layout, 'oci-layout'), 'oci-layout');
    return openLayout(store, await documentOf(index, 'index.json'), wanted);
  }
  if (directory && /^Directory Transport Version: 1\./.test(String(await startOf(directory))))
    return openDirectory(store, await documentOf(docker, 'manifest.json'), wanted);
  return docker ? openDocker(store, await documentOf(docker, 'manifest.json'), wanted) : undefined;
}

async function openLayout(store: BlobStore, index: Buffer, wanted: Platform): Promise<Image> {
  let { manifests } = parseDocument(Index, index, 'index.json');
  for (let depth = 0; depth < maxDepth; depth++) {
    const chosen = chooseManifest(manifests, wanted);
    const content = await verified(store, chosen);
    if (indexTypes.includes(chosen.mediaType))
      ({ manifests } = parseDocument(Index, content, chosen.digest));
    else return openManifest(store, chosen, content, wanted);
  }
  throw unusable('its index leads to ever further ones');
}

/** What skopeo(1) writes as `dir:`: one manifest, and beside it the blobs. */
function openDirectory(store: BlobStore, content: Buffer, wanted: Platform): Promise<Image> {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const { mediaType = manifestTypes[0]! } = parseDocument(Manifest, content, 'manifest.json');
  const flat: Pick<BlobStore, 'get'> = {
    get: (name) => store.get(name.replace(/^blobs\/\w+\//, '')),
  };
  return openManifest(flat, { digest, mediaType, size: content.length }, content, wanted);
}

async function openManifest(
  store: Pick<BlobStore, 'get'>,
  { digest, mediaType }: Descriptor,
  content: Buffer,
  wanted: Platform,
): Promise<Image> {
  if (!manifestTypes.includes(mediaType)) throw unusable(`it has a manifest of type ${mediaType}`);
  const manifest = parseDocument(Manifest, content, digest);
  const config = parseDocument(
    ImageConfig,
    await verified(store, manifest.config),
    manifest.config.digest,
  );
  requirePlatform(config, wanted);
  const diffIds = diffIdsOf(config, manifest.layers.length);
  const layers: Layer[] = [];
  for (const [index, layer] of manifest.layers.entries()) {
    if (!isLayerType(layer.mediaType)) throw unusable(`it has a layer of type ${layer.mediaType}`);
    const blob = await blobOf(store, layer);
    layers.push({ blob, digest: layer.digest, diffId: diffIds[index]! });
  }
  return { form: 'oci', layers, config, digest };
}

/** @throws TerrariumError where there are several images of other names: which is meant? */
async function openDocker(store: BlobStore, list: Buffer, wanted: Platform): Promise<Image> {
  const images = parseDocument(DockerArchive, list, 'manifest.json');
  const [image] = images;
  if (!image || images.length > 1)
    throw new TerrariumError(
      'image-several',
      `The archive has ${images.length} images: ${images
        .flatMap(({ RepoTags }) => RepoTags?.[0] ?? [])
        .slice(0, 5)
        .map((tag) => shownName(tag))
        .join(', ')}.`,
      'Save the one that you mean alone.',
    );
  const found = await store.get(image.Config);
  if (!found) throw missing(image.Config);
  const content = await documentOf(found, image.Config);
  const named = /([0-9a-f]{64})(?:\.json)?$/.exec(image.Config)?.[1];
  if (named) requireDigest(`sha256:${named}`, content);
  const config = parseDocument(ImageConfig, content, image.Config);
  requirePlatform(config, wanted);
  const diffIds = diffIdsOf(config, image.Layers.length);
  const layers: Layer[] = [];
  for (const [index, name] of image.Layers.entries()) {
    const blob = await store.get(name);
    if (!blob) throw missing(name);
    layers.push({ blob, diffId: diffIds[index]! });
  }
  return { form: 'docker', layers, config };
}

/** @param layers how many the image has @returns the digest of each as it is uncompressed */
function diffIdsOf({ rootfs }: ImageConfig, layers: number): readonly string[] {
  const { diff_ids } = rootfs;
  if (diff_ids.length !== layers)
    throw unusable(`it has ${layers} layers and ${diff_ids.length} digests of them`);
  return diff_ids;
}

/** Size and digest are those of the descriptor. */
async function verified(store: Pick<BlobStore, 'get'>, descriptor: Descriptor): Promise<Buffer> {
  const content = await documentOf(await blobOf(store, descriptor), descriptor.digest);
  requireDigest(descriptor.digest, content);
  return content;
}

async function blobOf(store: Pick<BlobStore, 'get'>, { digest, size }: Descriptor): Promise<Blob> {
  const blob = await store.get(`blobs/${digest.replace(':', '/')}`);
  if (!blob) throw missing(digest);
  if (blob.size === size) return blob;
  throw unusable(`${digest} has ${blob.size} bytes, and its descriptor says ${size}`);
}

/** Enough to know a file by. */
function startOf({ handle, at, size }: Blob): Promise<Buffer> {
  return readAt(handle, at, Math.min(size, 100));
}

async function documentOf({ handle, at, size }: Blob, name: string): Promise<Buffer> {
  if (size > maxDocumentBytes) throw unusable(`${shownName(name)} has ${size} bytes`);
  return readAt(handle, at, size);
}

function requireDigest(digest: string, content: Buffer): void {
  const [algorithm = '', wanted] = digest.split(':');
  if (createHash(algorithm).update(content).digest('hex') !== wanted) throw wrongDigest(digest);
}

/** A config without a platform fits all. */
function requirePlatform({ os, architecture, variant }: ImageConfig, wanted: Platform): void {
  if (os === undefined || architecture === undefined) return;
  if (os === wanted.os && architecture === wanted.architecture) return;
  throw new TerrariumError(
    'platform-missing',
    `The image is for ${shownName(platformText({ os, architecture, ...(variant ? { variant } : {}) }))}, and not for ${platformText(wanted)}.`,
    'Its files can be unpacked with --platform and that word; its programs need such a machine or an emulator.',
  );
}

export function wrongDigest(digest: string): TerrariumError {
  return new TerrariumError(
    'digest-wrong',
    `A part of the image is not what its digest says: ${digest}.`,
    'It is damaged, or somebody has changed it: get it anew.',
  );
}

function missing(name: string): TerrariumError {
  return unusable(`${shownName(name)} is missing`);
}

function unusable(reason: string): TerrariumError {
  return new TerrariumError(
    'image-invalid',
    `The image cannot be used: ${escapeControlCharacters(reason).slice(0, 300)}.`,
    'Save it anew.',
  );
}

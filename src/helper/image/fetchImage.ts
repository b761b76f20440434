/**
 * Fetches an image from a registry into a folder, by skopeo(1): with the person's own logins, policy and settings.
 * What the tag means is asked first; then only digests count. Called by openSource.ts.
 */
import { createHash } from 'node:crypto';
import { chown, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../core/errors';
import { chooseManifest } from '../../core/image/platform';
import {
  parseReference,
  pinnedTo,
  referenceText,
  type Reference,
} from '../../core/image/reference';
import {
  Index,
  Manifest,
  type Platform,
  maxDocumentBytes,
  parseDocument,
} from '../../core/image/schema';
import { skopeoFailure } from '../../core/image/skopeoFailure';
import { codeOf } from '../../core/fs/codeOf';
import type { Meter } from './Meter';
import { type Person, personsProgram } from './personsProgram';

export interface FetchOptions {
  readonly platform: Platform;
  readonly meter: Meter;
  readonly person: Person;
  readonly signal: AbortSignal;
  /** A folder that the person may enter. */
  readonly scratch: string;
}

export interface Fetched {
  readonly folder: string;
  /** Which gives the same image again. */
  readonly pinned: string;
}

/** An index may lead to an index. */
const maxDepth = 4;
/** How often the size of what has come is looked at, in milliseconds. */
const pollMs = 150;
/** What skopeo writes beside the blobs, and headers, in bytes. */
const slack = 1024 * 1024;

/** @returns a folder in the form of skopeo's `dir:` @throws TerrariumError `fetch-failed`, `reference-invalid`, … */
export async function fetchImage(source: string, options: FetchOptions): Promise<Fetched> {
  const skopeo = new Skopeo(source, parseReference(source), options);
  const { reference, manifest } = await resolve(skopeo, options.platform);
  const { person, scratch, meter } = options;
  const folder = path.join(scratch, 'image');
  await mkdir(folder, 0o700);
  if (process.geteuid!() === 0) await chown(folder, person.uid, person.gid);
  const size = [manifest.config, ...manifest.layers].reduce((sum, blob) => sum + blob.size, 0);
  const watch = new FolderSize(folder, (bytes) => {
    meter.fetched(bytes, size);
    if (bytes > size + slack) throw tooMuch(source, size);
  });
  try {
    const pinned = referenceText(reference);
    // The manifest and the layers stay as they are: their digests are looked at once more when they are read.
    const words = ['copy', '--preserve-digests', pinned, 'dir:image'];
    await skopeo.run(words, { cwd: scratch, signal: watch.signal });
    return { folder, pinned };
  } finally {
    watch.stop();
  }
}

interface Resolved {
  readonly reference: Reference;
  readonly manifest: Manifest;
}

/** Which manifest is meant. Its digest is that of its bytes, whatever the registry says. */
async function resolve(skopeo: Skopeo, platform: Platform): Promise<Resolved> {
  let { reference } = skopeo;
  for (let depth = 0; depth < maxDepth; depth++) {
    const content = await skopeo.run(['inspect', '--raw', referenceText(reference)]);
    const [algorithm] = reference.digest?.split(':') ?? ['sha256'];
    const digest = `${algorithm}:${createHash(algorithm!).update(content).digest('hex')}`;
    if (reference.digest !== undefined && reference.digest !== digest)
      throw new TerrariumError(
        'digest-wrong',
        `The registry gave something else for ${reference.digest}.`,
        'Fetch it from another registry, and tell whose this is.',
      );
    reference = pinnedTo(reference, digest);
    const name = 'The manifest';
    if (!isIndex(content)) return { reference, manifest: parseDocument(Manifest, content, name) };
    const { manifests } = parseDocument(Index, content, 'The index');
    reference = pinnedTo(reference, chooseManifest(manifests, platform).digest);
  }
  throw new TerrariumError(
    'image-invalid',
    'The image cannot be used: its index leads to ever further ones.',
    'Choose another one.',
  );
}

function isIndex(content: Buffer): boolean {
  try {
    return Object.hasOwn(JSON.parse(content.toString('utf8')) as object, 'manifests');
  } catch {
    return false; // as a manifest it is refused
  }
}

class Skopeo {
  constructor(
    private readonly source: string,
    readonly reference: Reference,
    private readonly options: FetchOptions,
  ) {}

  /** @returns what it printed @throws TerrariumError `fetch-failed`, the reason of a signal */
  async run(
    words: readonly string[],
    { cwd = '/', signal }: { readonly cwd?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Buffer> {
    const { execa } = await import('execa');
    const { person } = this.options;
    const { argv, env } = await personsProgram('skopeo', words, person);
    const [program, ...args] = argv;
    const cancelSignal = signal
      ? AbortSignal.any([this.options.signal, signal])
      : this.options.signal;
    const { failed, stdout, stderr, shortMessage } = await execa(program, args, {
      ...{ cwd, env, extendEnv: false, stdin: 'ignore', reject: false },
      ...{
        encoding: 'buffer',
        stripFinalNewline: false,
        maxBuffer: maxDocumentBytes,
        cancelSignal,
      },
    });
    cancelSignal.throwIfAborted();
    if (!failed) return Buffer.from(stdout);
    const said = Buffer.from(stderr).toString('utf8') || (shortMessage ?? '');
    throw skopeoFailure(said, this.source, this.reference.name);
  }
}

/** Tells how much a folder of files holds while a program writes it. */
class FolderSize {
  private readonly abort = new AbortController();
  private timer: NodeJS.Timeout;
  private stopped = false;
  readonly signal = this.abort.signal;

  /** @param onSize what it throws is the reason of `signal` */
  constructor(
    private readonly folder: string,
    private readonly onSize: (bytes: number) => void,
  ) {
    this.timer = setTimeout(() => void this.look(), pollMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  private async look(): Promise<void> {
    try {
      const size = await sizeOf(this.folder);
      if (this.stopped) return;
      this.onSize(size);
      this.timer = setTimeout(() => void this.look(), pollMs);
    } catch (error) {
      this.abort.abort(error);
    }
  }
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder))
    size += await stat(path.join(folder, name)).then(
      (found) => found.size,
      (error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error; // renamed meanwhile
        return 0;
      },
    );
  return size;
}

function tooMuch(source: string, size: number): TerrariumError {
  return new TerrariumError(
    'fetch-failed',
    `${source} sends more than the ${size} bytes that its manifest names.`,
    'Do not use that registry.',
  );
}

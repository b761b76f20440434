/** Reads an archive whatever it is compressed with, by its first bytes. Used by openSource.ts and layers.ts. */
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TerrariumError } from '../../core/errors';
import { findTool } from '../host/hostTools';
import { stderrTail } from '../host/stderrTail';
import { type Confinement, endOf, killConfined } from './Confinement';

export type Compression = 'none' | 'gzip' | 'xz' | 'zstd' | 'bzip2';

const magics: readonly (readonly [Compression, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['bzip2', Buffer.from('BZh')],
];

/** Node 20 has no binding for these. */
const programs = {
  xz: ['-dc', '--memlimit-decompress=128MiB'],
  zstd: ['-dc', '--memory=128MB'],
  bzip2: ['-dc'],
} as const;

/** Of Debian, which have these programs. */
export const packages = { xz: 'xz-utils', zstd: 'zstd', bzip2: 'bzip2' } as const;

/** What is read at once, in bytes. */
export const piece = 128 * 1024;

export function compressionOf(start: Buffer): Compression {
  return magics.find(([, magic]) => start.subarray(0, magic.length).equals(magic))?.[0] ?? 'none';
}

/** What follows the tar's own mark of the end is not asked for, so its consumer may leave early. */
export async function* decompressed(
  source: Readable,
  compression: Exclude<Compression, 'none'>,
  confinement: Confinement,
): AsyncGenerator<Buffer> {
  if (compression === 'gzip') yield* gunzipped(source);
  else yield* byProgram(source, compression, confinement);
}

async function* gunzipped(source: Readable): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: piece });
  source.once('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (!/^Z_/.test(String((error as NodeJS.ErrnoException).code))) throw error;
    throw broken('gzip', (error as Error).message);
  } finally {
    source.unpipe(gunzip);
    gunzip.destroy();
  }
}

async function* byProgram(
  source: Readable,
  name: keyof typeof programs,
  confinement: Confinement,
): AsyncGenerator<Buffer> {
  if (!findTool(name))
    throw new TerrariumError(
      'tool-missing',
      `The archive is compressed with ${name}, and this machine has no such program.`,
      `Install the package ${packages[name]}.`,
    );
  const child = await confinement.run(name, programs[name]);
  const end = endOf(child);
  source.once('error', (error) => child.stdout.destroy(error));
  source.pipe(child.stdin);
  let isWhole = false;
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const { ok, said } = await end;
    isWhole = true;
    if (!ok) throw broken(name, stderrTail(said));
  } finally {
    source.unpipe(child.stdin);
    if (!isWhole) killConfined(child);
  }
}

function broken(name: string, reason: string): TerrariumError {
  return new TerrariumError(
    'archive-damaged',
    `The archive cannot be decompressed with ${name}: ${reason}.`,
    'It is damaged or not whole: get it anew.',
  );
}

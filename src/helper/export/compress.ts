/** Compresses an archive as its name says. Used by exportBundle.ts. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { TerrariumError } from '../../core/errors';
import { findTool } from '../host/hostTools';
import { stderrTail } from '../host/stderrTail';
import { type Confinement, endOf, killConfined } from '../image/Confinement';
import { packages } from '../image/decompress';

type Compressor = 'gzip' | keyof typeof packages;

const suffixes: readonly (readonly [RegExp, Compressor])[] = [
  [/\.(tar\.gz|tgz)$/, 'gzip'],
  [/\.(tar\.xz|txz)$/, 'xz'],
  [/\.(tar\.zst|tzst)$/, 'zstd'],
  [/\.(tar\.bz2|tbz2?)$/, 'bzip2'],
];

/** @returns undefined where it is to be left as it is @throws TerrariumError `tool-missing` */
export function compressorOf(target: string): Compressor | undefined {
  const [, name] = suffixes.find(([suffix]) => suffix.test(target)) ?? [];
  if (name === undefined || name === 'gzip' || findTool(name)) return name;
  throw new TerrariumError(
    'tool-missing',
    `The archive is to be compressed with ${name}, and this machine has no such program.`,
    `Install the package ${packages[name]}, or choose a name that ends with .tar.gz.`,
  );
}

/** @throws TerrariumError `compress-failed`, what `tree` throws */
export async function* compressed(
  tree: AsyncIterable<Buffer>,
  name: Compressor,
  confinement: Confinement,
): AsyncGenerator<Buffer> {
  const source = Readable.from(tree, { objectMode: false });
  if (name !== 'gzip') {
    yield* byProgram(source, name, confinement);
    return;
  }
  const gzip = createGzip();
  const feeding = pipeline(source, gzip);
  feeding.catch(() => undefined); // reading it says the same
  yield* gzip as AsyncIterable<Buffer>;
  await feeding;
}

async function* byProgram(
  source: Readable,
  name: keyof typeof packages,
  confinement: Confinement,
): AsyncGenerator<Buffer> {
  const child = await confinement.run(name, ['-c']);
  const end = endOf(child);
  let failure: Error | undefined;
  const feeding = pipeline(source, child.stdin).catch((error: Error) => {
    failure = error;
    killConfined(child);
  });
  let isWhole = false;
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const { ok, said } = await end;
    await feeding;
    if (failure && !isOfItsEnd(failure)) throw failure;
    if (!ok || failure)
      throw new TerrariumError(
        'compress-failed',
        `${name} has ended before the archive has: ${stderrTail(said)}`,
        'Choose a name that ends with .tar.gz, or make room in memory.',
      );
    isWhole = true;
  } finally {
    if (!isWhole) {
      killConfined(child);
      source.destroy();
    }
  }
}

/** The program has closed its standard input. */
function isOfItsEnd(error: NodeJS.ErrnoException): boolean {
  return ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'].includes(error.code ?? '');
}

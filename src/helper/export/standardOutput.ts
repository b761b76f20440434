/** Standard output as the target of an export: a tar archive for another program, as `tar -cf -` makes it. Used by exportBundle.ts. */
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';

/** @throws TerrariumError `target-terminal` */
export function refuseTerminal(): void {
  if (process.stdout.isTTY)
    throw new TerrariumError(
      'target-terminal',
      'An archive is not written to a terminal.',
      'Send it to a file or to a program: “helper.js export BUNDLE - | ssh HOST tar -x”.',
    );
}

/** @returns its size @throws TerrariumError `target-closed` */
export async function writeOut(archive: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  const sink = new Writable({
    write(bytes: Buffer, _, done) {
      size += bytes.length;
      process.stdout.write(bytes, done);
    },
  });
  // Its writes tell as well.
  const ignore = () => undefined;
  process.stdout.on('error', ignore);
  try {
    await pipeline(Readable.from(archive, { objectMode: false }), sink);
    return size;
  } catch (error) {
    if (codeOf(error) !== 'EPIPE') throw error;
    throw new TerrariumError(
      'target-closed',
      'The program that reads the archive ended before it was whole.',
      'Look at what that program says.',
      { cause: error },
    );
  } finally {
    process.stdout.off('error', ignore);
  }
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PagedFile } from '../../../../src/core/fs/PagedFile';
import type { ReadableFile } from '../../../../src/core/fs/files';
import { readAt } from '../../../../src/core/fs/readBounded';

/** Gives a few bytes at a time, as some file systems do. */
class InMemory implements ReadableFile {
  calls = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly most: number,
  ) {}

  read(buffer: Buffer, offset: number, length: number, position: number) {
    this.calls++;
    const end = position + Math.min(length, this.most);
    return Promise.resolve({ bytesRead: this.bytes.subarray(position, end).copy(buffer, offset) });
  }
}

describe('PagedFile', () => {
  it('reads what the file itself reads', async () => {
    const bytes = Buffer.from(Array.from({ length: 30_000 }, (_, at) => (at * 7919) % 251));
    const look = fc.tuple(fc.nat(31_000), fc.oneof(fc.nat(300), fc.nat(9000)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(look, { maxLength: 12 }),
        fc.constantFrom(1000, 5000, 100_000),
        async (looks, most) => {
          const paged = new PagedFile(new InMemory(bytes, most));
          for (const [position, length] of looks)
            assert.deepEqual(
              await readAt(paged, position, length),
              bytes.subarray(position, position + length),
            );
        },
      ),
    );
  });

  it('asks once for what lies together', async () => {
    const file = new InMemory(Buffer.alloc(4096), 4096);
    const paged = new PagedFile(file);
    for (const position of [0, 64, 200, 64, 3000]) await readAt(paged, position, 64);
    assert.equal(file.calls, 1);
  });
});

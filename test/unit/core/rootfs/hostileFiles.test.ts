/** Files of a rootfs that were made to hurt who reads them: damaged programs, caches, and lists of folders. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { elfOf } from '../../../../src/core/bundle/elf';
import type { OpenFile } from '../../../../src/core/fs/files';
import { elfNeeds } from '../../../../src/core/rootfs/elfNeeds';
import { parseLibraryCache } from '../../../../src/core/rootfs/libraryCache';
import { seeded } from '../../../seed';

/** Counts the bytes that are read of it. */
class InMemory implements OpenFile {
  readonly fd = -1;
  bytesRead = 0;

  constructor(private readonly bytes: Buffer) {}

  stat(): never {
    throw new Error('not asked for');
  }

  read(buffer: Buffer, offset: number, length: number, position: number) {
    assert.ok(Number.isSafeInteger(position) && position >= 0, String(position));
    const bytesRead = this.bytes.subarray(position, position + length).copy(buffer, offset);
    this.bytesRead += bytesRead;
    return Promise.resolve({ bytesRead });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('hostile files of a rootfs', () => {
  const program = programThatNeeds(40);

  /** Offsets, sizes, and what a 64-bit number has at its ends. */
  const words = [0n, 1n, 2n ** 31n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

  it('are read in bounds, whatever their headers say', async () => {
    const word = fc.tuple(
      fc.nat(program.length / 8 - 1).map((at) => at * 8),
      fc.constantFrom(...words),
    );
    const byte = fc.tuple(fc.nat(program.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 6 }),
        fc.array(byte, { maxLength: 6 }),
        async (changedWords, changedBytes) => {
          const bytes = Buffer.from(program);
          for (const [at, value] of changedWords) bytes.writeBigUInt64LE(value, at);
          for (const [at, value] of changedBytes) bytes[at] = value;
          bytes.write('\x7fELF', 'latin1');
          const file = new InMemory(bytes);
          await elfOf(file);
          await elfNeeds(file);
          assert.ok(file.bytesRead < 16 * 1024 * 1024, `${file.bytesRead} bytes`);
        },
      ),
      seeded('damaged programs', 2000),
    );
  });

  it('ask for so many libraries that the rest is left out', async () => {
    const needs = await elfNeeds(new InMemory(programThatNeeds(4000)));
    assert.equal(needs?.needed.length, 500);
  });

  it('have a cache that is damaged, or repeats one long text', () => {
    const good = cache(3, 'libc.so.6', '/lib/libc.so.6');
    assert.deepEqual(parseLibraryCache(good)?.get('libc.so.6')?.length, 3);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 12 }),
        (changes) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          parseLibraryCache(bytes);
        },
      ),
      seeded('damaged caches', 100),
    );
    assert.equal(parseLibraryCache(cache(100_000, 'l', `/${'long'.repeat(1000)}`)), undefined);
  });
});

/** One that is little endian with 64 bits: a header, PT_LOAD and PT_DYNAMIC, and a name again and again. */
function programThatNeeds(count: number): Buffer {
  const [dynamic, entries] = [64 + 2 * 56, count + 2];
  const strings = dynamic + entries * 16;
  const bytes = Buffer.alloc(strings + 16);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeUInt16LE(62, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(2, 56);
  const segment = (at: number, type: number, offset: number, size: number) => {
    bytes.writeUInt32LE(type, at);
    bytes.writeBigUInt64LE(BigInt(offset), at + 8);
    bytes.writeBigUInt64LE(BigInt(offset), at + 16);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
  };
  segment(64, 1, 0, bytes.length);
  segment(64 + 56, 2, dynamic, entries * 16);
  bytes.writeBigUInt64LE(5n, dynamic); // DT_STRTAB
  bytes.writeBigUInt64LE(BigInt(strings), dynamic + 8);
  for (let one = 1; one <= count; one++) {
    bytes.writeBigUInt64LE(1n, dynamic + one * 16); // DT_NEEDED
    bytes.writeBigUInt64LE(1n, dynamic + one * 16 + 8);
  }
  bytes.write('liba.so', strings + 1);
  return bytes;
}

/** Of ldconfig(8), with entries that all have the same name and file. */
function cache(entries: number, name: string, file: string): Buffer {
  const texts = 48 + entries * 24;
  const bytes = Buffer.alloc(texts + name.length + file.length + 2);
  bytes.write('glibc-ld.so.cache1.1');
  bytes.writeUInt32LE(entries, 20);
  for (let one = 0; one < entries; one++) {
    bytes.writeUInt32LE(texts, 48 + one * 24 + 4);
    bytes.writeUInt32LE(texts + name.length + 1, 48 + one * 24 + 8);
  }
  bytes.write(name, texts);
  bytes.write(file, texts + name.length + 1);
  return bytes;
}

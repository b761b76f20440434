import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { readElf } from '../../../../src/core/bundle/elf';
import { elfProgram, plant, temporaryFolder } from './temporaryFolder';

describe('readElf', () => {
  const folder = temporaryFolder();
  const read = (content: Buffer | string) => {
    plant(folder(), { program: content });
    return readElf(path.join(folder(), 'program'));
  };

  it('reads the program that runs this test', async () => {
    const elf = await readElf(process.execPath);
    assert.equal(elf?.machine, { x64: 'x86-64', arm64: 'aarch64' }[process.arch as string]);
    assert.equal(elf?.class, 64);
  });

  it('says apart static and dynamic programs', async () => {
    assert.deepEqual(await read(elfProgram()), {
      class: 64,
      endianness: 'little',
      machine: 'x86-64',
      static: true,
    });
  });

  it('names the loader', async () => {
    const elf = await read(elfProgram({ machine: 183, interpreter: '/lib/ld-linux-aarch64.so.1' }));
    assert.equal(elf?.interpreter, '/lib/ld-linux-aarch64.so.1');
    assert.equal(elf?.static, false);
    assert.equal(elf?.machine, 'aarch64');
  });

  it('names machines by number where it has no name for them, and says which RISC-V', async () => {
    assert.equal((await read(elfProgram({ machine: 4711 })))?.machine, 'machine 4711');
    const riscv = elfProgram({ machine: 243 });
    writeFileSync(path.join(folder(), 'program'), riscv);
    assert.equal((await readElf(path.join(folder(), 'program')))?.machine, 'riscv64');
  });

  it('takes no script, no empty and no cut file for a program', async () => {
    assert.equal(await read('#!/bin/sh\n'), undefined);
    writeFileSync(path.join(folder(), 'program'), '');
    assert.equal(await readElf(path.join(folder(), 'program')), undefined);
    writeFileSync(path.join(folder(), 'program'), elfProgram().subarray(0, 40));
    assert.equal(await readElf(path.join(folder(), 'program')), undefined);
  });

  it('does not hang or throw on damaged headers', async () => {
    const good = elfProgram({ interpreter: '/lib/ld.so' });
    const file = path.join(folder(), 'program');
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        writeFileSync(file, bytes);
        await readElf(file);
      }),
      { numRuns: 200 },
    );
  });
});

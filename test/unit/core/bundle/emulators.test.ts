/** The registrations, against those that Debian's qemu-user-static has for the machine. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import {
  headerOf,
  processorOf,
  processors,
  registration,
} from '../../../../src/core/bundle/emulators';
import { skipBecause } from '../../../skip';

describe('registration', () => {
  for (const processor of processors)
    it(`is for the programs of ${processor.name} that Debian’s is for`, function () {
      const file = `/usr/lib/binfmt.d/qemu-${processor.name}.conf`;
      if (!existsSync(file)) skipBecause(this, `no ${file} here`);
      const line = readFileSync(file, 'latin1').trim();
      const [, , , offset, magic = '', mask = ''] = line.split(':');
      assert.equal(offset, '');
      const [theirs, ours] = [bytesOf(magic), headerOf(processor)];
      assert.deepEqual(theirs, ours.magic);
      // Some ask for a certain EI_OSABI, which ours leaves open; none asks for more beside.
      const mine = bytesOf(mask).map((byte, at) => (at === 7 ? 0 : byte & ~ours.mask[at]!));
      assert.deepEqual(Buffer.from(mine), Buffer.alloc(20));
    });

  it('is one line, and no field of it has the delimiter', () => {
    for (const processor of processors) {
      const text = registration(processor, `/usr/bin/qemu-${processor.name}-static`);
      assert.equal(text.split(':').length, 8);
      assert.doesNotMatch(text, /\n/);
      assert.ok(text.length < 1920, 'MAX_REGISTER_LENGTH of fs/binfmt_misc.c');
    }
  });

  it('tells processors of one name apart by class and byte order', () => {
    const one = { machine: 'powerpc64', class: 64, static: true } as const;
    assert.equal(processorOf({ ...one, endianness: 'little' })?.name, 'ppc64le');
    assert.equal(processorOf({ ...one, endianness: 'big' })?.name, 'ppc64');
    assert.equal(processorOf({ ...one, class: 32, endianness: 'big' }), undefined);
  });
});

function bytesOf(escaped: string): Buffer {
  const text = escaped.replace(/\\x(..)/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(text, 'latin1');
}

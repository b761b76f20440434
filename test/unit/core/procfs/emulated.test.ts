import assert from 'node:assert/strict';
import { emulatedProgram, processorOfEmulator } from '../../../../src/core/procfs/emulated';

const qemu = '/usr/bin/qemu-riscv64-static';

/** An auxiliary vector with AT_PAGESZ, AT_FLAGS and AT_NULL. */
function auxvWith(flags: bigint): Buffer {
  const pairs = [6n, 4096n, 8n, flags, 0n, 0n];
  const vector = Buffer.alloc(pairs.length * 8);
  pairs.forEach((value, index) => vector.writeBigUInt64LE(value, index * 8));
  return vector;
}

describe('emulatedProgram', () => {
  const tells = (exe: string | undefined, auxv: Buffer | undefined) => ({
    exe: () => exe,
    auxv: () => auxv,
  });

  it('has the arguments of the program, with its own argv[0] where the kernel kept that', () => {
    const argv = [qemu, '/bin/busybox', 'sh', '-c', 'sleep 1'];
    const kept = emulatedProgram(argv, tells(qemu, auxvWith(1n)));
    assert.deepEqual(kept, { processor: 'riscv64', argv: ['sh', '-c', 'sleep 1'] });
    const lost = emulatedProgram([qemu, '/bin/ls', '-l'], tells(qemu, auxvWith(0n)));
    assert.deepEqual(lost, { processor: 'riscv64', argv: ['/bin/ls', '-l'] });
  });

  it('loses nothing where /proc does not tell', () => {
    const argv = [qemu, '/bin/sh', 'sh'];
    assert.deepEqual(emulatedProgram(argv, tells(undefined, undefined))?.argv, ['/bin/sh', 'sh']);
    const short = Buffer.alloc(7);
    assert.deepEqual(emulatedProgram(argv, tells(qemu, short))?.argv, ['/bin/sh', 'sh']);
  });

  it('believes no program that only calls itself so', () => {
    const argv = [qemu, '/bin/sh', 'sh'];
    assert.equal(emulatedProgram(argv, tells('/usr/bin/python3', auxvWith(1n))), undefined);
  });

  it('reads nothing more of a process that is no emulator', () => {
    const never = () => assert.fail('read');
    for (const argv of [[], [''], ['sh'], ['/bin/sleep', '1'], ['qemu-img', 'x'], [qemu]])
      assert.equal(emulatedProgram(argv, { exe: never, auxv: never }), undefined);
    assert.equal(emulatedProgram([qemu, '-L', '/x', 'sh'], { exe: never, auxv: never }), undefined);
  });

  it('knows emulators by the names that distributions give them', () => {
    const names = [
      'qemu-arm',
      '/usr/libexec/qemu-binfmt/aarch64-binfmt-P',
      'qemu-x86_64-static',
      'qemu-system-x86_64',
      'notqemu-arm',
      undefined,
    ];
    assert.deepEqual(names.map(processorOfEmulator), [
      ...['arm', 'aarch64', 'x86_64'],
      ...[undefined, undefined, undefined],
    ]);
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { binfmtHandles, enabledHandlers } from '../../../../src/core/bundle/binfmt';
import { elfProgram, plant, temporaryFolder } from './temporaryFolder';

/** As the kernel shows qemu's handler for aarch64. */
const handler = (state: string, flags: string) =>
  `${state}\ninterpreter /usr/bin/qemu-aarch64-static\nflags: ${flags}\noffset 0\n` +
  'magic 7f454c460201010000000000000000000200b700\n' +
  'mask ffffffffffffff00fffffffffffffffffeffffff\n';

describe('binfmtHandles', () => {
  const folder = temporaryFolder();
  const handles = async (files: Record<string, string>, machine = 183) => {
    plant(folder(), { rootfs: null });
    for (const [name, text] of Object.entries(files)) plant(folder(), { [`binfmt/${name}`]: text });
    return binfmtHandles(
      elfProgram({ machine }),
      path.join(folder(), 'rootfs'),
      await enabledHandlers(path.join(folder(), 'binfmt')),
    );
  };

  it('finds an enabled handler for just this kind of program', async () => {
    assert.equal(await handles({ qemu: handler('enabled', 'PF'), status: 'enabled\n' }), true);
    assert.equal(await handles({}, 22), false, 'another architecture');
  });

  it('does not count a disabled one, nor one whose interpreter the container cannot see', async () => {
    assert.equal(await handles({ qemu: handler('disabled', 'PF') }), false);
    assert.equal(await handles({ qemu: handler('enabled', '') }), false);
    plant(folder(), { 'rootfs/usr/bin/qemu-aarch64-static': 'x' });
    assert.equal(await handles({}), true);
  });

  it('finds nothing where binfmt_misc is not mounted', async () => {
    assert.equal(await handles({}), false);
  });
});

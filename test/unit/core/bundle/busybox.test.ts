import assert from 'node:assert/strict';
import path from 'node:path';
import { findBusybox } from '../../../../src/core/bundle/busybox';
import { installCommand } from '../../../../src/core/bundle/busyboxPackage';
import { elfProgram, plant, temporaryFolder } from './temporaryFolder';

const debian = 'PRETTY_NAME="Debian"\nID=debian\n';

describe('findBusybox', () => {
  const folder = temporaryFolder();
  const find = (...names: string[]) =>
    findBusybox({
      candidates: names.map((name) => path.join(folder(), name)),
      osRelease: debian,
    });

  it('says which package to install where there is none', async () => {
    await assert.rejects(find('nowhere'), {
      code: 'busybox-missing',
      message:
        'BusyBox is not installed. Install the package "busybox-static": sudo apt-get install busybox-static.',
    });
  });

  it('refuses a dynamically linked one by name, also behind a link', async () => {
    plant(folder(), { real: elfProgram({ interpreter: '/lib64/ld.so' }), busybox: '-> real' });
    await assert.rejects(find('busybox'), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'busybox-dynamic');
      assert.match(error.message, /real is dynamically linked.*busybox-static/);
      return true;
    });
  });

  it('says so where a static program is no BusyBox', async () => {
    plant(folder(), { busybox: elfProgram() });
    await assert.rejects(find('busybox'), { code: 'busybox-broken' });
  });
});

describe('installCommand', () => {
  const cases: readonly (readonly [osRelease: string, argv: string[] | undefined])[] = [
    [debian, ['apt-get', 'install', 'busybox-static']],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', ['apt-get', 'install', 'busybox-static']],
    ['NAME="Alpine Linux"\nID=alpine\n', ['apk', 'add', 'busybox-static']],
    ['ID="fedora"\n', ['dnf', 'install', 'busybox']],
    ["ID='manjaro'\nID_LIKE=arch\n", ['pacman', '-S', 'busybox']],
    ['ID=constructor\n', undefined],
    ['', undefined],
  ];
  for (const [osRelease, argv] of cases)
    it(`knows ${JSON.stringify(osRelease)}`, () =>
      assert.deepEqual(installCommand(osRelease), argv));
});

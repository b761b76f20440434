import assert from 'node:assert/strict';
import path from 'node:path';
import { requireConfig } from '../../../../src/core/config/parseConfig';
import { missingCwd } from '../../../../src/core/sequence/missingCwd';
import { plant, temporaryFolder } from '../bundle/temporaryFolder';

describe('missingCwd', () => {
  const folder = temporaryFolder();
  const missing = (cwd: string, mounts: object[] = []) => {
    const config = requireConfig(
      JSON.stringify({
        ociVersion: '1.0.2',
        root: { path: 'rootfs' },
        process: { args: ['/bin/sh'], cwd, user: { uid: 0, gid: 0 } },
        mounts,
        linux: { namespaces: [{ type: 'mount' }] },
      }),
      'box/config.json',
    );
    return missingCwd({ rootfs: path.join(folder(), 'rootfs'), config });
  };
  beforeEach(() =>
    plant(folder(), {
      'outside/there': null,
      'rootfs/srv': null,
      'rootfs/run': null,
      'rootfs/dev': null,
      'rootfs/file': 'text',
      'rootfs/var/run': '-> /run',
      'rootfs/out': '-> ../../outside',
      'rootfs/gone': '-> /nowhere',
      'rootfs/loop': '-> loop',
    }),
  );

  it('is none where the folder is there', async () => {
    for (const cwd of ['/', '/srv', '/srv/', '/srv/../run', '/var/run'])
      assert.equal(await missing(cwd), undefined, cwd);
  });

  it('is what a start makes, behind the links of the rootfs', async () => {
    assert.equal(await missing('/srv/a/b'), '/srv/a/b');
    assert.equal(await missing('/var/run/app/x'), '/run/app/x');
    assert.equal(await missing('/none/../other'), '/other');
  });

  it('does not leave the rootfs by a link', async () => {
    // "../../outside" from the rootfs is the rootfs's own /outside, which is not there.
    assert.equal(await missing('/out/there'), undefined);
  });

  it('is none where a file or a link that leads nowhere is in the way', async () => {
    for (const cwd of ['/file', '/file/x', '/gone', '/gone/x', '/loop', '/loop/x'])
      assert.equal(await missing(cwd), undefined, cwd);
  });

  it('is left to the step where a mount hides what the rootfs has', async () => {
    const tmpfs = { destination: '/run', type: 'tmpfs', source: 'tmpfs' };
    assert.equal(await missing('/run', [tmpfs]), undefined, 'it is the mount point');
    assert.equal(await missing('/run/app', [tmpfs]), '/run/app');
    assert.equal(await missing('/var/run/app', [tmpfs]), '/run/app');
    const other = { ...tmpfs, destination: '/nowhere' };
    assert.equal(
      await missing('/gone/x', [other]),
      '/nowhere/x',
      'the mount makes what it leads to',
    );
    const bind = { destination: '/work', source: '/srv', options: ['bind'] };
    assert.equal(await missing('/work/app', [bind]), '/work/app');
    const proc = { destination: '/proc', type: 'proc', source: 'proc' };
    assert.equal(await missing('/proc/self/cwd', [proc]), undefined);
    assert.equal(await missing('/dev/shm/x'), '/dev/shm/x', 'the built-in engine mounts a /dev');
  });
});

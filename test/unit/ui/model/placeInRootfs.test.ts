import assert from 'node:assert/strict';
import path from 'node:path';
import { placeInRootfs } from '../../../../src/ui/model/placeInRootfs';
import { plant, temporaryFolder } from '../../core/bundle/temporaryFolder';

const none = { entries: [], total: 0 };
const root = { place: '/', type: 'ext4', source: '/dev/vda', options: 'rw' };
const tmp = { place: '/tmp', type: 'tmpfs', source: 'tmpfs', options: 'rw' };
const mnt = (isPid1s: boolean) => [{ type: 'mnt', inode: '1', isHosts: false, isPid1s }];

describe('placeInRootfs', () => {
  const folder = temporaryFolder();
  const where = (inside: string | undefined, mounts = [root, tmp], isPid1s = true) =>
    placeInRootfs(
      { namespaces: mnt(isPid1s), mounts: { ...none, entries: mounts } },
      folder(),
      inside,
    );

  beforeEach(() =>
    plant(folder(), {
      'bin/busybox': '',
      'bin/sh': '-> /bin/busybox',
      out: '-> /../../../etc',
      tmp: null,
      tmpfiles: null,
    }),
  );

  it('finds a program, through links that start at the container’s root', async () => {
    const file = path.join(folder(), 'bin/busybox');
    assert.deepEqual(await where('/bin/sh'), { is: 'in the rootfs', file });
    assert.deepEqual(await where('/'), { is: 'in the rootfs', file: folder() });
  });

  it('never leads out of the rootfs', async () => {
    assert.deepEqual(await where('/out/hostname'), { is: 'missing' });
    assert.deepEqual(await where('/../../etc/hostname'), { is: 'missing' });
  });

  it('says what is mounted over it', async () => {
    assert.deepEqual(await where('/tmp/program'), { is: 'mounted', mount: tmp });
    assert.deepEqual(await where('/tmp'), { is: 'mounted', mount: tmp });
    assert.equal((await where('/tmpfiles')).is, 'in the rootfs');
  });

  it('says why there is nothing', async () => {
    assert.deepEqual(await where(undefined), { is: 'untold' });
    assert.deepEqual(await where('/bin/gone (deleted)'), { is: 'deleted' });
    assert.deepEqual(await where('/bin/gone'), { is: 'missing' });
    assert.deepEqual(await where('/bin/sh', [root], false), { is: 'elsewhere' });
  });

  it('understands the host’s paths of a container that uses chroot', async () => {
    const file = path.join(folder(), 'bin/busybox');
    assert.deepEqual(await where(file, [root]), { is: 'in the rootfs', file });
  });
});

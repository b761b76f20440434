import assert from 'node:assert/strict';
import path from 'node:path';
import { placeInRootfs } from '../../../../src/ui/model/placeInRootfs';
import { plant, temporaryFolder } from '../../core/bundle/temporaryFolder';

const none = { entries: [], total: 0 };
const root = { place: '/', type: 'ext4', source: '/dev/vda', options: 'rw' };
const tmp = { place: '/tmp', type: 'tmpfs', source: 'tmpfs', options: 'rw' };
const mnt = (isPid1s: boolean, isHosts = false) => [{ type: 'mnt', inode: '1', isHosts, isPid1s }];

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
    const whereAs = (inside: string, processRoot: string, places: string[], isHosts = false) =>
      placeInRootfs(
        {
          namespaces: mnt(true, isHosts),
          mounts: { ...none, entries: places.map((place) => ({ ...tmp, place })) },
          root: processRoot,
        },
        folder(),
        inside,
      );
    assert.deepEqual(await whereAs(file, folder(), ['/', '/tmp']), { is: 'in the rootfs', file });
    assert.equal((await whereAs(path.join(folder(), 'tmp/a'), folder(), ['/tmp'])).is, 'mounted');
    // What it had open before it changed its root: another file than the one of that name inside.
    assert.deepEqual(await whereAs('/bin/sh', folder(), ['/']), { is: 'outside' });
    // Without a mount namespace, its mounts are the host's.
    const [above, below] = [path.dirname(folder()), path.join(folder(), 'tmp')];
    assert.equal((await whereAs(file, '/', ['/', above, below], true)).is, 'in the rootfs');
    assert.equal((await whereAs(path.join(below, 'a'), '/', [above, below], true)).is, 'mounted');
    // A path of the container may look like the rootfs's own.
    assert.deepEqual(await whereAs(file, '/', ['/']), { is: 'missing' });
  });

  it('counts mounts from the root of a process that uses chroot inside', async () => {
    const found = { namespaces: mnt(true), mounts: { ...none, entries: [tmp] }, root: '/srv' };
    assert.equal((await placeInRootfs(found, folder(), '/srv/tmp/a')).is, 'mounted');
    assert.deepEqual(await placeInRootfs(found, folder(), '/tmp'), {
      is: 'in the rootfs',
      file: path.join(folder(), 'tmp'),
    });
  });
});

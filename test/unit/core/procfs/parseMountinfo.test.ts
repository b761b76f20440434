import assert from 'node:assert/strict';
import { parseMountinfo } from '../../../../src/core/procfs/parseMountinfo';

describe('parseMountinfo', () => {
  it('reads the fields of a mount', () => {
    const line =
      '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue\n';
    assert.deepEqual(parseMountinfo(line), [
      {
        id: 36,
        parentId: 35,
        device: '98:0',
        root: '/mnt1',
        mountPoint: '/mnt2',
        options: ['rw', 'noatime'],
        propagation: ['master:1', 'shared:7'],
        type: 'ext3',
        source: '/dev/root',
        superOptions: ['rw', 'errors=continue'],
      },
    ]);
  });

  it('reads private mounts, which have no optional field, and a mount point named "-"', () => {
    const mounts = parseMountinfo(
      Buffer.from(
        '22 27 0:21 / /proc rw,relatime - proc proc rw\n23 27 0:22 / - rw - tmpfs none rw\n',
      ),
    );
    assert.deepEqual(
      mounts.map(({ mountPoint, type, propagation }) => [mountPoint, type, propagation]),
      [
        ['/proc', 'proc', []],
        ['-', 'tmpfs', []],
      ],
    );
  });

  it('takes back the escapes of spaces, tabs, newlines and backslashes', () => {
    const [mount] = parseMountinfo('1 2 0:3 / /a\\040b\\011c\\012d\\134e rw - tmpfs a\\043b rw\n');
    assert.equal(mount?.mountPoint, '/a b\tc\nd\\e');
    assert.equal(mount?.source, 'a#b');
  });

  it('unescapes once: a backslash followed by digits stays what it was', () => {
    const [mount] = parseMountinfo('1 2 0:3 / /a\\134040 rw - tmpfs none rw\n');
    assert.equal(mount?.mountPoint, '/a\\040');
  });

  it('reads an empty source, as an old FUSE daemon leaves it', () => {
    const [mount] = parseMountinfo('1 2 0:3 / /a rw - fuse  rw,user_id=0\n');
    assert.deepEqual([mount?.source, mount?.superOptions], ['', ['rw', 'user_id=0']]);
  });

  it('rejects a line that is none, naming it', () => {
    assert.throws(() => parseMountinfo('hello world\n'), /hello world/);
  });
});

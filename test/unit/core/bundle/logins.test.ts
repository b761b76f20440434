import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { parseShells, readLogins, rootShell } from '../../../../src/core/bundle/logins';
import { plant, temporaryFolder } from './temporaryFolder';

describe('readLogins', () => {
  const folder = temporaryFolder();

  it('names users whose shell is there and lets them in, and shells that are there', async () => {
    plant(folder(), {
      'bin/sh': 'x',
      'bin/bash': '-> sh',
      'sbin/nologin': 'x',
      'etc/passwd': [
        'root:x:0:0::/root:/bin/sh',
        'me:x:1000:1000::/home/me:',
        'daemon:x:1:1::/:/sbin/nologin',
        'gone:x:2:2::/:/bin/zsh',
        'odd:x:3:3::/:sh',
      ].join('\n'),
      'etc/shells': '# comment\n/bin/sh\n/bin/bash\n/bin/zsh\n/bin/sh\n',
    });
    const { users, shells } = await readLogins(folder());
    assert.deepEqual(
      users.map(({ name }) => name),
      ['root', 'me'],
    );
    assert.deepEqual(shells, ['/bin/sh']); // the other is a link to it
  });

  it('offers a shell once, also where /bin is a link, and BusyBox’s by their names', async () => {
    plant(folder(), {
      'usr/bin/bash': 'x',
      'usr/bin/busybox': 'x',
      'usr/bin/sh': '-> busybox',
      'usr/bin/hush': '-> busybox',
      bin: '-> usr/bin',
      'etc/shells': '/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/hush\n',
    });
    const { shells } = await readLogins(folder());
    assert.deepEqual(shells, ['/bin/sh', '/bin/bash', '/bin/hush']);
  });

  it('offers nothing where there are no such files', async () => {
    plant(folder(), { 'bin/sh': 'x' });
    assert.deepEqual(await readLogins(folder()), { users: [], shells: [] });
  });

  it('never looks outside the rootfs', async () => {
    plant(folder(), { 'etc/passwd': '-> /etc/passwd', 'etc/shells': '-> ../../../etc/shells' });
    assert.deepEqual(await readLogins(folder()), { users: [], shells: [] });
  });
});

describe('rootShell', () => {
  const folder = temporaryFolder();

  for (const [passwd, wanted] of [
    ['root:x:0:0::/root:/bin/bash', '/bin/bash'],
    ['root:x:0:0::/root:', '/bin/sh'],
    ['root:x:0:0::/root:/bin/zsh', '/bin/sh'],
    ['root:x:0:0::/root:/bin/plain', '/bin/sh'],
    ['root:x:0:0::/root:/usr/sbin/nologin', '/bin/sh'],
    ['me:x:1000:1000::/:/bin/bash', '/bin/sh'],
  ] as const)
    it(`is ${wanted} where passwd says “${passwd}”`, async () => {
      plant(folder(), { 'bin/sh': 'x', 'bin/bash': 'x', 'bin/plain': 'x', 'etc/passwd': passwd });

      chmodSync(path.join(folder(), 'bin/plain'), 0o644);
      assert.equal(await rootShell(folder()), wanted);
    });

  it('is /bin/sh where there is no passwd', async () => {
    plant(folder(), { 'bin/sh': 'x' });
    assert.equal(await rootShell(folder()), '/bin/sh');
  });
});

describe('parseShells', () => {
  it('takes absolute paths, each once, and no program that refuses', () => {
    assert.deepEqual(parseShells(' /bin/a \nb\n/bin/a\n#/bin/c\n/usr/sbin/nologin\n'), ['/bin/a']);
  });
});

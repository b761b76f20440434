import assert from 'node:assert/strict';
import { parseShells, readLogins } from '../../../../src/core/bundle/logins';
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
    assert.deepEqual(shells, ['/bin/sh', '/bin/bash']);
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

describe('parseShells', () => {
  it('takes absolute paths, each once, and no program that refuses', () => {
    assert.deepEqual(parseShells(' /bin/a \nb\n/bin/a\n#/bin/c\n/usr/sbin/nologin\n'), ['/bin/a']);
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import {
  homeInside,
  parseGroup,
  parseId,
  parsePasswd,
  readAccounts,
  userNamed,
} from '../../../../src/core/bundle/passwd';
import { plant, temporaryFolder } from './temporaryFolder';

const text = 'root:x:0:0:root:/root:/bin/sh\nme:x:1000:100::/home/me:\nodd:x:12x:0:::\nshort:x\n';

describe('passwd', () => {
  const folder = temporaryFolder();

  it('reads good lines and leaves out the others', () => {
    assert.deepEqual(
      parsePasswd(text).map(({ name, uid }) => [name, uid]),
      [
        ['root', 0],
        ['me', 1000],
      ],
    );
    assert.deepEqual(parseGroup('wheel:x:10:a,b\nbad:x:-1:\n'), [
      { name: 'wheel', gid: 10, members: ['a', 'b'] },
    ]);
  });

  it('finds the home of a user, and none where no path could be one', async () => {
    const line = (uid: number, home: string) => `u${uid}:x:${uid}:0::${home}:/bin/sh\n`;
    const homes = [line(1, '/home/one'), line(1, '/second'), line(2, ''), line(3, '/\u001b[2J')];
    plant(folder(), { 'etc/passwd': [...homes, line(4, `/${'x'.repeat(5000)}`)].join('') });
    const found = await Promise.all([1, 2, 3, 4, 5].map((uid) => homeInside(folder(), uid)));
    assert.deepEqual(found, ['/home/one', '', undefined, undefined, undefined]);
  });

  it('takes whole decimal ids only', () => {
    assert.equal(parseId('1000'), 1000);
    for (const id of [
      '1000x',
      '-1',
      '+1',
      ' 1',
      '1 ',
      '0x10',
      '1e3',
      '01',
      '',
      '4294967295',
      '9'.repeat(30),
    ])
      assert.equal(parseId(id), undefined, id);
  });

  it('finds a user by name or number and refuses what is neither', () => {
    const entries = parsePasswd(text);
    assert.equal(userNamed(entries, 'me')?.uid, 1000);
    assert.equal(userNamed(entries, '1000')?.name, 'me');
    assert.deepEqual(userNamed(entries, '4711'), {
      name: '4711',
      uid: 4711,
      gid: 0,
      home: '/',
      shell: '',
    });
    assert.equal(userNamed(entries, '1000x'), undefined);
    assert.equal(userNamed(entries, 'nobody'), undefined);
  });

  it('reads the rootfs’s files, never the host’s through a link', async () => {
    plant(folder(), { secret: 'spy:x:1:1:::\n', 'rootfs/etc/group': 'a:x:1:\n' });
    plant(folder(), { 'rootfs/etc/passwd': `-> ${path.join(folder(), 'secret')}` });
    assert.deepEqual(await readAccounts(path.join(folder(), 'rootfs')), {
      users: [],
      groups: [{ name: 'a', gid: 1, members: [] }],
    });
  });
});

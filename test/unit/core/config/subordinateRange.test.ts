/** Whose ids are whose: files as subuid(5) has them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import {
  firstIdOf,
  freeRange,
  isWithin,
  nameOf,
  subordinateRange,
  subordinateRanges,
} from '../../../../src/core/config/subordinateRange';

describe('subordinate ids', () => {
  let folder: string;
  const file = () => path.join(folder, 'subuid');
  const { uid, username } = userInfo();

  beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'terrarium-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are those of the name and of the number, and nobody else’s', async () => {
    await writeFile(
      file(),
      `nobody-else:1:2\n${username}:100000:65536\nbroken\n${username}:x:1\n${uid}:200000:10\n`,
    );
    assert.deepEqual(await subordinateRanges(file(), uid), [
      { start: 100000, count: 65536 },
      { start: 200000, count: 10 },
    ]);
  });

  it('say whose first range begins with an id', async () => {
    await writeFile(file(), 'student:100000:65536\nother:165536:65536\nstudent:300000:65536\n');
    assert.equal(await firstIdOf(file(), 165536), 'other');
    assert.equal(await firstIdOf(file(), 100000), 'student');
    for (const none of [0, 100001, 300000]) assert.equal(await firstIdOf(file(), none), undefined);
    assert.equal(await firstIdOf(path.join(folder, 'none'), 100000), undefined);
  });

  it('fill a container up to 16 bits with its root', async () => {
    await writeFile(file(), `${username}:100000:100000\n`);
    assert.deepEqual(await subordinateRange(file(), uid), { start: 100000, count: 65535 });
  });

  it('are suggested where nobody has any: no range of either file, and no account', () => {
    assert.deepEqual(freeRange(['', ''], ['', '']), { start: 100000, count: 65536 });
    const subuid = 'a:100000:65536\nb:231072:65536\nbroken:1\n';
    const subgid = 'a:100000:65536\nc:165536:1\n';
    assert.deepEqual(freeRange([subuid, subgid], []), { start: 296608, count: 65536 });
    const passwd = 'root:x:0:0::/root:/bin/sh\ndirectory:x:300000:100::/:/bin/sh\n';
    assert.deepEqual(freeRange([subuid, subgid], [passwd]), { start: 362144, count: 65536 });
    assert.equal(freeRange(['all:0:4294967295'], []), undefined);
  });

  it('go by the number where an id has no name', async () => {
    await writeFile(file(), '3999999999:100000:65536\n');
    assert.equal(await nameOf(3_999_999_999), undefined);
    assert.deepEqual(await subordinateRange(file(), 3_999_999_999), {
      start: 100000,
      count: 65535,
    });
  });

  it('are none where there is no file', async () => {
    assert.deepEqual(await subordinateRanges(file(), uid), []);
    assert.equal(await subordinateRange(file(), uid), undefined);
  });

  it('may be mapped as far as the ranges go, from one to the next', () => {
    const ranges = [
      { start: 100, count: 10 },
      { start: 110, count: 5 },
      { start: 200, count: 1 },
    ];
    for (const [start, count, expected] of [
      [100, 10, true],
      [105, 10, true],
      [105, 11, false],
      [99, 1, false],
      [200, 1, true],
      [200, 2, false],
    ] as const)
      assert.equal(isWithin({ start, count }, ranges), expected, `${count} from ${start} on`);
  });
});

import assert from 'node:assert/strict';
import { type Entry, isAtOrBelow, orderOf } from '../../../../src/helper/baseline/entry';
import { parseLine, toLine } from '../../../../src/helper/baseline/entryLine';
import { timeText } from '../../../../src/helper/baseline/entryOf';
import { seeded } from '../../../seed';
import { numbers } from '../../../system/layerScripts';

const plain: Entry = {
  ...{ path: 'etc/motd', type: 'f', mode: 0o644, uid: 0, gid: 5, size: 12 },
  ...{ mtime: '1700000000.123456789', ctime: '1700000001.000000000', inode: '7' },
  ...{ link: undefined, device: undefined, sha256: 'ab'.repeat(32), text: 40, isClosed: false },
  attributes: '',
};

describe('a line of a baseline', () => {
  it('is one of mtree(5)', () => {
    assert.equal(
      toLine(plain),
      `./etc/motd type=file mode=0644 uid=0 gid=5 size=12 time=1700000000.123456789 ctime=1700000001.000000000 inode=7 sha256=${'ab'.repeat(32)} text=40`,
    );
    assert.deepEqual(parseLine(toLine(plain)), plain);
  });

  it('keeps every name and every link, whatever is in it', () => {
    const { seed, numRuns } = seeded('names', 200);
    const random = numbers(seed);
    const name = () =>
      Array.from({ length: 1 + random(6) }, () => String.fromCharCode(1 + random(255)))
        .join('')
        .replace(/\//g, '\n')
        .replace(/^\.{1,2}$/, '\n');
    for (let run = 0; run < numRuns; run++) {
      const path = Array.from({ length: 1 + random(3) }, name).join('/');
      const entry: Entry = { ...plain, path, type: 'l', size: 0, link: name(), text: undefined };
      assert.deepEqual(parseLine(toLine(entry)), entry);
    }
  });

  it('keeps folders that are closed, devices, and ids that are not known', () => {
    const none = { size: 0, sha256: undefined, text: undefined };
    const folder: Entry = { ...plain, ...none, path: '.', type: 'd', isClosed: true };
    assert.deepEqual(parseLine(toLine(folder)), folder);
    const device: Entry = { ...plain, ...none, type: 'c', device: '259', ctime: undefined };
    assert.deepEqual(parseLine(toLine(device)), device);
    const foreign: Entry = { ...plain, uid: undefined, gid: undefined };
    assert.deepEqual(parseLine(toLine(foreign)), foreign);
    for (const attributes of ['cd'.repeat(32), undefined])
      assert.deepEqual(parseLine(toLine({ ...plain, attributes })), { ...plain, attributes });
  });

  it('is refused where it is none that is written', () => {
    const line = toLine(plain);
    for (const wrong of [
      '',
      line.replace('./etc', '/etc'),
      line.replace('./etc', './../etc'),
      line.replace('./etc', './.'),
      line.replace('./etc', './etc/'),
      line.replace('./etc', './e\\000'),
      line.replace('mode=0644', 'mode=644'),
      line.replace('type=file', 'type=constructor'),
      line.replace('size=12', 'size=-1'),
      line.replace('inode=7 ', ''),
      line.replace('uid=0 gid=5', 'gid=5 uid=0'),
      line.replace(' text', ' attributes=none text'),
      `${line} flags=none`,
      `${line} `,
      `./${'a/'.repeat(401)}b${line.slice('./etc/motd'.length)}`,
    ])
      assert.equal(parseLine(wrong), undefined, wrong.slice(0, 80));
  });

  it('writes times before the Epoch too', () => {
    assert.equal(timeText(-1n), '-1.999999999');
    assert.equal(timeText(1_000_000_001n), '1.000000001');
  });
});

describe('the order of a baseline', () => {
  it('has what is in a folder behind it, and before what comes next', () => {
    const wanted = ['.', 'a', 'a/b', 'a/b/c', 'a/c', 'a!', 'a-', 'b'];
    const order = (path: string) => orderOf(path);
    const found = [...wanted].reverse().sort((one, other) => (order(one) < order(other) ? -1 : 1));
    assert.deepEqual(found, wanted);
  });

  it('knows what lies below', () => {
    assert.ok(isAtOrBelow('a/b', 'a') && isAtOrBelow('a', 'a') && isAtOrBelow('a', '.'));
    assert.ok(!isAtOrBelow('ab', 'a') && !isAtOrBelow('a', 'a/b'));
  });
});

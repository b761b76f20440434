import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseStat } from '../../../../src/core/procfs/parseStat';

// Recorded on Linux 6.18; the name is put in by each test.
const rest =
  'S 12 4 4 0 -1 4194304 91 0 0 0 0 0 0 0 20 0 3 0 633502 2990080 411 18446744073709551615 ' +
  '94908060667904 94908060685833 140725737419184 0 0 0 0 6 0 1 0 0 17 0 0 0 0 0 0 94908060699920 ' +
  '94908060701184 94908870578176 140725737425640 140725737425649 140725737425649 140725737426921 0\n';

function stat(comm: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from('4 ('), Buffer.from(comm), Buffer.from(`) ${rest}`)]);
}

describe('parseStat', () => {
  it('reads the fields that the tree shows', () => {
    assert.deepEqual(parseStat(stat('sleep')), {
      pid: 4,
      comm: 'sleep',
      state: 'S',
      ppid: 12,
      processGroup: 4,
      session: 4,
      terminal: 0,
      foregroundGroup: 0,
      kernelThread: false,
      forkedOnly: false,
      threads: 3,
      cpuTicks: 0,
      nice: 0,
      startTime: '633502',
      rssPages: 411,
      image: '94908060667904 94908060685833 140725737419184 140725737425640 140725737425649',
    });
  });

  for (const comm of ['a) R 1 (b', ') R 1', '))', '((', '', ' ', 'x\n5 (y) R 1', '\x1b]0;x\x07']) {
    it(`is not fooled by a process that calls itself ${JSON.stringify(comm)}`, () => {
      const parsed = parseStat(stat(comm));
      assert.equal(parsed.comm, comm);
      assert.deepEqual(
        [parsed.state, parsed.ppid, parsed.startTime, parsed.threads],
        ['S', 12, '633502', 3],
      );
    });
  }

  it('reads the same numbers whatever bytes the name has', () => {
    const expected = parseStat(stat('x'));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 15 }), (name) => {
        assert.deepEqual({ ...parseStat(stat(Buffer.from(name))), comm: 'x' }, expected);
      }),
    );
  });

  it('shows bytes that are no UTF-8 as replacement characters', () => {
    assert.equal(parseStat(stat(Buffer.from([0x61, 0xff, 0x62]))).comm, 'a\ufffdb');
  });

  it('keeps start times that are larger than a safe integer', () => {
    const long = stat('x').toString().replace(' 633502 ', ' 18446744073709551615 ');
    assert.equal(parseStat(Buffer.from(long)).startTime, '18446744073709551615');
  });

  it('recognizes a kernel thread by its flag', () => {
    const kthreadd =
      '2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0 18446744073709551615 ' +
      '0 0 0 0 0 0 0 2147483647 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n';
    assert.equal(parseStat(Buffer.from(kthreadd)).kernelThread, true);
  });

  it('takes a state letter that it does not know for unknown', () => {
    const odd = stat('x').toString().replace(') S', ') Y');
    assert.equal(parseStat(Buffer.from(odd)).state, '?');
  });

  for (const text of [
    '',
    '4',
    '4 (sleep',
    '4 sleep) S 1',
    '4 (sleep) S 1 2',
    'x (sleep) ' + rest,
  ]) {
    it(`rejects ${JSON.stringify(text.slice(0, 20))}, which is no stat line`, () => {
      assert.throws(() => parseStat(Buffer.from(text)), /not a line of \/proc\/PID\/stat/);
    });
  }
});

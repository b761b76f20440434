/** What is said of a signal where the helper may not read which system call a process waits in. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { type ProcessFiles, unheardBy } from '../../../../src/helper/processes/unheard';

const { SIGTERM, SIGHUP } = constants.signals;
const set = (...signals: number[]) =>
  signals
    .reduce((bits, signal) => bits | (1n << BigInt(signal - 1)), 0n)
    .toString(16)
    .padStart(16, '0');

/** PID 1 of a container. @param syscall undefined where only its own user may read it */
function init(ignored: string, syscall: string | undefined): ProcessFiles {
  const status = [
    ...['Name:\tbash', 'Tgid:\t4711', 'Pid:\t4711', 'PPid:\t4700', 'NSpid:\t4711\t1'],
    ...['Uid:\t100000\t100000\t100000\t100000', 'Gid:\t100000\t100000\t100000\t100000'],
    ...[`SigBlk:\t${set()}`, `SigIgn:\t${ignored}`, `SigCgt:\t${set(SIGHUP)}`, ''],
  ].join('\n');
  const files: Record<string, string | undefined> = {
    stat: `4711 (bash) S 4700 4711 4711 34816 4711 ${'0 '.repeat(44)}\n`,
    ...{ status, syscall },
  };
  return {
    read: (path) => {
      const text = files[path.slice(path.lastIndexOf('/') + 1)];
      return Promise.resolve(text === undefined ? undefined : Buffer.from(text));
    },
    list: () => Promise.resolve(['4711']),
  };
}

describe('unheardBy, where the system call is not told', () => {
  it('names a signal that is ignored: who waits for one does not ignore it', async () => {
    assert.equal(await unheardBy(4711, SIGTERM, init(set(SIGTERM), undefined)), 'ignored');
  });

  it('says nothing of one that has no handler: an init may wait for it', async () => {
    assert.equal(await unheardBy(4711, SIGTERM, init(set(), undefined)), undefined);
    assert.equal(await unheardBy(4711, SIGTERM, init(set(), '0 0x0\n')), 'init');
  });

  it('says nothing of one that is heard', async () => {
    assert.equal(await unheardBy(4711, SIGHUP, init(set(SIGTERM), undefined)), undefined);
  });
});

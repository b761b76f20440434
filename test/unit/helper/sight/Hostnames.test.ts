// A hostname is asked for once in a while for each UTS namespace.
import assert from 'node:assert/strict';
import { Hostnames } from '../../../../src/helper/sight/Hostnames';

describe('hostnames by UTS namespace', () => {
  it('are asked for once until they are old, and always where the namespace is not known', async () => {
    let [asked, now] = [0, 0];
    const ask = () => Promise.resolve({ name: `n${++asked}` });
    const names = new Hostnames(ask, () => now, 100);
    const place = { pid: 1, isHosts: false, mayEnterUsers: true };
    assert.deepEqual(await names.of(place, '7'), { name: 'n1' });
    assert.deepEqual(await names.of({ ...place, pid: 2 }, '7'), { name: 'n1' });
    assert.deepEqual(await names.of({ ...place, mayEnterUsers: false }, '7'), { name: 'n2' });
    assert.deepEqual(await names.of(place, '8'), { name: 'n3' });
    assert.deepEqual(await names.of(place, undefined), { name: 'n4' });
    now = 100;
    assert.deepEqual(await names.of(place, '7'), { name: 'n5' });
    now = 2000;
    names.sweep();
    assert.deepEqual(await names.of(place, '8'), { name: 'n6' });
  });

  it('are asked for again where the process that was asked has ended', async () => {
    const ask = ({ pid }: { pid: number }) =>
      Promise.resolve(pid === process.pid ? { name: 'box' } : { unknown: 'EPERM' });
    const names = new Hostnames(ask, () => 0, 100);
    const ended = { pid: 2 ** 30, isHosts: false, mayEnterUsers: true };
    assert.deepEqual(await names.of(ended, '7'), { unknown: 'EPERM' });
    assert.deepEqual(await names.of({ ...ended, pid: process.pid }, '7'), { name: 'box' });
  });
});

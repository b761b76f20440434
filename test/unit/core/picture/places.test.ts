import assert from 'node:assert/strict';
import { rootOf, whoseNamespaces } from '../../../../src/core/picture/places';
import type { Places } from '../../../../src/protocol/places';
import { placesOf } from './pictures';

describe('whose a namespace is', () => {
  it('is the machine’s, its own, or that of several', () => {
    const joined = (container: string) => {
      const places = placesOf();
      const namespaces = places.first!.namespaces.map((one) =>
        one.type === 'net'
          ? { ...one, inode: '4242' }
          : { ...one, inode: one.type === 'pid' ? container : one.inode },
      );
      return { ...places, first: { namespaces } };
    };
    const places = new Map<string, Places>();
    for (const name of ['a', 'b']) places.set(name, joined(name === 'a' ? '1' : '2'));
    const { shared, each } = whoseNamespaces(places.set('c', placesOf()));
    // All three have the same other mount namespace here.
    assert.deepEqual(shared, [
      { type: 'mnt', containers: ['a', 'b', 'c'] },
      { type: 'net', containers: ['a', 'b'] },
    ]);
    assert.deepEqual(each.get('a'), {
      own: ['pid'],
      machine: ['uts', 'ipc', 'user', 'cgroup', 'time'],
    });
    assert.deepEqual(each.get('c')!.own, ['pid']);
    assert.ok(each.get('c')!.machine.includes('net'));
  });

  it('is not known of a container that has ended', () => {
    const { each } = whoseNamespaces(new Map([['a', { machine: [], others: [] }]]));
    assert.deepEqual(each.get('a'), { own: [], machine: [] });
  });
});

describe('a root', () => {
  it('is the machine’s, that of its mount namespace, or another', () => {
    const root = { path: '/', folder: '1:2', isHosts: false };
    assert.deepEqual(rootOf({ ...root, isHosts: true }, 'x'), { kind: 'machine', path: '/' });
    assert.deepEqual(rootOf(root, 'web/rootfs'), { kind: 'own', path: 'web/rootfs' });
    assert.deepEqual(rootOf({ ...root, path: '/home/me/box/rootfs' }, 'x'), {
      kind: 'chroot',
      path: 'box/rootfs',
    });
  });
});

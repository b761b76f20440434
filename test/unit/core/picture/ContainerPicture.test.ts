import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ContainerPicture } from '../../../../src/core/picture/ContainerPicture';
import type { ProcessInfo } from '../../../../src/protocol/processes';
import { seeded } from '../../../seed';
import { processInfo } from '../../processInfo';
import { counted, others, placesOf, told, treeOf } from './pictures';

const most = 24;
const sleepers = (count: number, ppid = 1, from = 10) =>
  Array.from({ length: count }, (_, at) => processInfo(from + at, { ppid, name: 'sleep' }));

function pictureOf(infos: readonly ProcessInfo[]): ContainerPicture {
  return new ContainerPicture(treeOf(infos), 'web/rootfs');
}

describe('the picture of a container', () => {
  it('has each process below its parent, and says what is special about it', () => {
    const picture = pictureOf([
      processInfo(1),
      processInfo(2, { ppid: 1, name: 'httpd' }),
      processInfo(3, { ppid: 2, name: 'cgi', state: 'Z' }),
      processInfo(4, { ppid: 1, name: 'vi', state: 'T' }),
      processInfo(5),
    ]);
    assert.equal(
      told(picture.items(most)),
      'sh 1 [httpd 2 [cgi 3 zombie], vi 4 stopped], sh 5 session',
    );
  });

  it('shows four that are alike, and of more the first two', () => {
    const four = pictureOf([processInfo(1), ...sleepers(4)]);
    assert.equal(told(four.items(most)), 'sh 1 [sleep 10, sleep 11, sleep 12, sleep 13]');
    const many = pictureOf([processInfo(1), ...sleepers(40)]);
    assert.equal(told(many.items(most)), 'sh 1 [sleep 10, sleep 11, +38 alike]');
  });

  it('says that those in a group have others below them', () => {
    const picture = pictureOf([processInfo(1), ...sleepers(5), ...sleepers(1, 14, 20)]);
    assert.equal(told(picture.items(most)), 'sh 1 [sleep 10, sleep 11, +3 alike with more]');
  });

  it('shows the process that is selected, with those above it', () => {
    const below = processInfo(70, { ppid: 30, name: 'cat' });
    const picture = pictureOf([processInfo(1), ...sleepers(40), below]);
    assert.equal(
      told(picture.items(most, below.key)),
      'sh 1 [sleep 10, sleep 11, sleep 30 [cat 70], +37 alike]',
    );
  });

  it('does not go down without end to the process that is selected', () => {
    const nested = Array.from({ length: 9000 }, (_, at) => processInfo(at + 1, { ppid: at }));
    const items = pictureOf(nested).items(most, nested.at(-1)!.key);
    assert.equal(counted(items).shown.length, 32);
    assert.ok(JSON.stringify(items).length < 10_000); // of all of them it throws
  });

  it('has a box for those with a root of their own, and for what PID 1 is in', () => {
    const infos = [processInfo(1), processInfo(2, { ppid: 1 }), processInfo(3, { ppid: 2 })];
    const picture = pictureOf(infos);
    const host = placesOf({ root: { path: '/', folder: '1:2', isHosts: true } });
    const chrooted = {
      namespaces: [],
      root: { path: '/home/me/box/rootfs', folder: '1:9', isHosts: false },
    };
    picture.placesChanged(host, others([infos[1]!, chrooted], [infos[2]!, chrooted]));
    assert.equal(told(picture.items(most)), 'sh 1 [<chroot> [sh 2 [sh 3]]]');
    picture.placesChanged(placesOf(), new Map());
    assert.equal(told(picture.items(most)), '<own> [sh 1 [sh 2 [sh 3]]]');
  });

  it('has a box for those with namespaces of their own, or the machine’s', () => {
    const infos = [processInfo(1), processInfo(2, { ppid: 1 }), processInfo(3, { ppid: 1 })];
    const picture = pictureOf(infos);
    picture.placesChanged(
      placesOf(),
      others(
        [infos[1]!, { namespaces: [{ type: 'net', inode: '555' }] }],
        [infos[2]!, { namespaces: [{ type: 'mnt', inode: '101' }] }],
      ),
    );
    assert.equal(told(picture.items(most)), '<own> [sh 1 [<net> [sh 2], <-mnt> [sh 3]]]');
  });

  it('is small, whatever runs, and counts every process whose parent is shown', () => {
    const names = fc.constantFrom('sh', 'sleep', '\x1b[2J', 'a'.repeat(15), '</text>');
    const process = fc.record({ name: names, parent: fc.nat(), state: fc.constantFrom('S', 'Z') });
    fc.assert(
      fc.property(
        fc.array(process, { maxLength: 300 }),
        fc.integer({ min: 0, max: 30 }),
        (all, room) => {
          const infos = all.map(({ name, parent, state }, at) =>
            processInfo(at + 1, {
              name,
              state: state as 'S',
              ppid: at === 0 ? 0 : parent % (at + 1),
            }),
          );
          const tree = treeOf(infos);
          const items = new ContainerPicture(tree, 'x').items(room);
          const { shown, grouped } = counted(items);
          assert.ok(shown.length <= room);
          const direct = shown.reduce((sum, { key }) => sum + tree.get(key)!.children.length, 0);
          assert.equal(shown.length + grouped, tree.roots.length + direct);
          const keys = new Set(shown.map(({ key }) => key));
          assert.equal(keys.size, shown.length);
        },
      ),
      seeded('processes', 150),
    );
  });

  it('is the same after changes as one that is made anew', () => {
    // Whose parent is outside of the PID namespace keeps it there (pid_namespaces(7)).
    const parentOf = (pid: number, ppid: number) =>
      pid % 7 === 0 ? 0 : ppid > 0 && ppid < pid ? ppid : 1;
    const change = fc.record({
      pid: fc.integer({ min: 2, max: 40 }),
      ppid: fc.integer({ min: 0, max: 40 }),
      name: fc.constantFrom('sh', 'sleep', 'cat'),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 12 }), (steps) => {
        const tree = treeOf([processInfo(1)]);
        const picture = new ContainerPicture(tree, 'x');
        for (const step of steps) {
          picture.items(most);
          const ended = step.filter(({ ends }) => ends).map(({ pid }) => processInfo(pid).key);
          const upserted = step
            .filter(({ ends }) => !ends)
            .map(({ pid, ppid, name }) => processInfo(pid, { name, ppid: parentOf(pid, ppid) }));
          picture.processesChanged(tree.apply({ id: '', full: false, upserted, removed: ended }));
        }
        // What is said of those that are in a group is from when it was made.
        const calm = (items: ReturnType<typeof picture.items>) =>
          told(items).replaceAll(' with more', '');
        assert.equal(calm(picture.items(most)), calm(new ContainerPicture(tree, 'x').items(most)));
      }),
      seeded('changes', 150),
    );
  });
});

/** Where processes are, as the picture is told, against the kernel's own links. */
import assert from 'node:assert/strict';
import { readlinkSync, statSync } from 'node:fs';
import type { ProcessInfo } from '../../src/protocol/processes';
import { maxPlaces } from '../../src/protocol/namespaces';
import { Workplace, privileges } from './containers';
import { type Client, useServed } from './serving';

describe('where processes are', function () {
  this.timeout(30_000);
  let place: Workplace;
  before(async function () {
    place = await Workplace.open(this);
  });
  after(() => place?.close());

  for (const privilege of privileges) {
    describe(privilege, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (connected) => (client = connected),
      );

      const inode = (pid: number | 'self', type: string) =>
        readlinkSync(`/proc/${pid}/ns/${type}`).replace(/\D/g, '');

      it('is told of PID 1, and of those alone that are elsewhere', async () => {
        const { id, console, hostPid } = await client.start(await place.bundle(privilege));
        const screen = await client.attach(console);
        await screen.shows(/#$/);
        const wanted = ['sleep 3101', 'sleep 3102', '/bin/sleep 3103'];
        const found = new Map<string, ProcessInfo>();
        const all = client.next('processes', ({ upserted }) => {
          for (const one of upserted) found.set(one.commandLine, one);
          return wanted.every((line) => found.has(line));
        });
        await client.rpc.request('watchProcesses', { id, on: true });
        screen.type('mkdir -p /tmp/r/bin; cp /bin/busybox /tmp/r/bin/sleep\r');
        screen.type('sleep 3101 & unshare -m sleep 3102 & chroot /tmp/r /bin/sleep 3103 &\r');
        await all;
        const [plain, unshared, chrooted] = wanted.map((line) => found.get(line)!);
        const ended = { pid: plain!.pid, startTime: '1' };
        const answer = await client.rpc.request('lookAtPlaces', {
          id,
          processes: [plain!, unshared!, chrooted!, ended].map(({ pid, startTime }) => ({
            pid,
            startTime,
          })),
        });
        for (const { type, inode: told } of answer.machine) assert.equal(told, inode('self', type));
        for (const { type, inode: told } of answer.first!.namespaces)
          assert.equal(told, inode(hostPid!, type));
        assert.equal(answer.first!.root?.path, '/');
        assert.equal(answer.first!.root.isHosts, false);
        assert.deepEqual(
          answer.others.map(({ pid }) => pid).sort(),
          [unshared!.pid, chrooted!.pid].sort(),
        );
        const [inMounts, inRoot] = [unshared!, chrooted!].map(({ pid }) =>
          answer.others.find((one) => one.pid === pid)!,
        );
        assert.ok(
          inMounts!.namespaces.some(
            ({ type, inode: told }) => type === 'mnt' && told === inode(unshared!.hostPid, 'mnt'),
          ),
        );
        assert.equal(inMounts!.root, undefined);
        assert.deepEqual(inRoot!.namespaces, []);
        const { dev, ino } = statSync(`/proc/${chrooted!.hostPid}/root`, { bigint: true });
        assert.deepEqual(inRoot!.root, { path: '/tmp/r', folder: `${dev}:${ino}`, isHosts: false });
      });

      it('is asked of a bounded number of them', async () => {
        const { id } = await client.start(await place.bundle(privilege));
        const processes = Array.from({ length: maxPlaces + 1 }, (_, at) => ({
          pid: at + 1,
          startTime: '1',
        }));
        await assert.rejects(client.rpc.request('lookAtPlaces', { id, processes }), /not valid/);
      });
    });
  }
});

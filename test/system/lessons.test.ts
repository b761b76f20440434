// Lessons through a helper that serves: a shell of the person, what root alone is told, and what is left.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, chownSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Workplace } from './containers';
import { type Client, size, useServed } from './serving';

describe('lessons', function () {
  this.timeout(60_000);
  let place: Workplace;
  let folder: string;
  before(async function () {
    place = await Workplace.open(this);
  });
  after(() => place?.close());
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'terrarium-lesson-'));
    chownSync(folder, place.user.uid, place.user.gid);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const privilege of ['root', 'rootless'] as const)
    describe(privilege, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (connected) => (client = connected),
      );
      const open = async () =>
        (await client.rpc.request('openLesson', { cwd: folder, ...size })).stream;
      const run = (stream: string, ...lines: string[]) =>
        client.rpc.request('runInLesson', { stream, lines });
      const look = async (stream: string) => {
        const { pid } = await client.rpc.request('frontOfLesson', { stream });
        const { snapshot } = await client.rpc.request('takeSnapshot', { pid });
        assert.ok(snapshot);
        return snapshot;
      };

      it('run as the person, in the folder of the lesson', async () => {
        const stream = await open();
        const uid = privilege === 'root' ? 0 : place.user.uid;
        const { output } = await run(stream, 'id -u', 'pwd');
        assert.equal(output, `${uid}\n${folder}\n`);
        assert.equal((await look(stream)).uid.outside, uid);
      });

      it('tell all of what a user namespace changes', async () => {
        const stream = await open();
        await run(stream, 'unshare --user --map-root-user --uts --pid --mount --fork bash --norc');
        await run(stream, 'hostname inside');
        const { pid, namespaces, uid, uidMap, untold, ...seen } = await look(stream);
        for (const { type, inode, isHosts } of namespaces) {
          assert.equal(inode, readlinkSync(`/proc/${pid}/ns/${type}`).replace(/\D/g, ''));
          assert.equal(isHosts, inode === readlinkSync(`/proc/self/ns/${type}`).replace(/\D/g, ''));
        }
        const outside = privilege === 'root' ? 0 : place.user.uid;
        assert.deepEqual(uid, { inside: 0, outside });
        assert.deepEqual(uidMap, [{ inside: 0, outside, count: 1 }]);
        assert.equal(seen.hostname, 'inside');
        assert.notEqual(hostname(), 'inside');
        assert.deepEqual(untold, []);
      });

      it('are their client’s own, and end with it', async () => {
        const stream = await open();
        const { pid } = await client.rpc.request('frontOfLesson', { stream });
        client.rpc.dispose();
        const deadline = Date.now() + 5000;
        while (existsSync(`/proc/${pid}`)) {
          assert.ok(Date.now() < deadline, 'the shell is still there');
          await setTimeout(20);
        }
      });

      it('end when they are told to, and say so', async () => {
        const stream = await open();
        const ended = client.next('streamEnded', (one) => one.stream === stream);
        await client.rpc.request('endLesson', { stream });
        await ended;
        await assert.rejects(run(stream, 'echo'), { code: 'lesson-over' });
      });

      it('need a folder', async () => {
        const cwd = path.join(folder, 'absent');
        await assert.rejects(client.rpc.request('openLesson', { cwd, ...size }), {
          code: 'lesson-folder',
        });
      });
    });
});

/** Processes that attack what watches them (security cases 43-49), beside those of processes.test.ts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { skipBecause } from '../skip';
import { compile } from './compile';
import {
  Workplace,
  privileges,
  processesWith,
  until,
  usePlace,
  residentMemory,
} from './containers';
import { Served, size } from './serving';

describe('a hostile process', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges) {
    describe(privilege, () => {
      it('prints without end, the helper’s memory stays bounded, and Ctrl+C works (45)', async () => {
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { pid } = await client.rpc.request('hello', { client: 'test' });
        const { console } = await client.start(await place.bundle(privilege));
        const screen = await client.attach(console);
        await screen.shows(/\/ #$/);
        const before = residentMemory(pid);
        screen.type('yes "$(seq 1 30 | tr "\\n" " ")"\r');
        await until('twenty megabytes', () => screen.received > 20_000_000, 40_000);
        const grown = residentMemory(pid) - before;
        assert.ok(grown < 100_000, `${grown} KiB more`);
        screen.type('\x03');
        screen.type('echo the e""nd\r');
        await screen.shows(/^the end$/m, 20_000);
        await served.stop();
      });

      it('writes to no switch of the kernel and reads none of its memory (46)', async () => {
        const bundle = await place.bundle(privilege, 'safe');
        const script = `for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe \\
            /proc/sys/vm/drop_caches /proc/sysrq-trigger /sys/kernel/uevent_helper; do
          (echo x >"$file") 2>/dev/null && echo "wrote $file"
        done
        (exec 9<>/proc/sysrq-trigger) 2>/dev/null && echo opened sysrq-trigger
        [ "$(head -c 4 /proc/kcore 2>/dev/null | wc -c)" = 0 ] || echo read kcore
        mount -o remount,rw /proc/sys 2>/dev/null && echo remounted
        umount /proc/sys 2>/dev/null && echo uncovered
        mount -t proc proc /tmp 2>/dev/null && echo another procfs
        echo done`;
        const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
        const { stdout, stderr } = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
        assert.equal(stdout, 'done\n', stderr);
        assert.equal(readFileSync('/proc/sys/kernel/core_pattern', 'utf8'), pattern);
      });

      for (const terminals of ['all three', 'its input only', 'its errors only', 'none'] as const)
        it(`types into no terminal of its person, whose ${terminals} is one (47)`, async function () {
          const bundle = await place.bundle(privilege);
          compile(this, 'typist.c', path.join(bundle, 'rootfs/typist'));
          const redirect = {
            'all three': '',
            'its input only': '>/dev/null 2>&1',
            'its errors only': '</dev/null >/dev/null',
            none: '</dev/null >/dev/null 2>&1',
          }[terminals];
          const work = mkdtempSync(path.join(place.folder, 'tty-'));
          if (privilege !== 'root') place.give(work);
          const file = path.join(work, 'session.sh');
          // What reached the terminal's input would be read by the shell that comes after.
          writeFileSync(
            file,
            `${process.execPath} ${place.helper} run ${bundle} -- /typist ${redirect}\necho status $?\nread -t 1 line && echo "got $line"\necho over\n`,
          );
          const [program, words] = asPerson(place, privilege, ['bash', file]);
          const { error, stdout } = spawnSync(
            'script',
            ['-qec', [program, ...words].map((word) => `'${word}'`).join(' '), '/dev/null'],
            { encoding: 'utf8', input: '', timeout: 30_000 },
          );
          if (error) skipBecause(this, `no script(1) here: ${error.message}`);
          assert.match(stdout, /status 0\r?\n/);
          assert.match(stdout, /over\r?\n$/);
          assert.doesNotMatch(stdout, /got typed-by-a-container/);
        });

      it('gets no program of the host open for writing while sessions come and go (48)', async function () {
        const bundle = await place.bundle(privilege, 'safe', ({ process }) => {
          process.args = ['/watch'];
        });
        compile(this, 'hostExecutables.c', path.join(bundle, 'rootfs/watch'));
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id, console } = await client.start(bundle);
        const screen = await client.attach(console);
        await screen.shows(/^watching$/m);
        for (let round = 0; round < 10; round++) {
          const { stream } = await client.rpc.request('openSession', {
            ...{ id, args: ['/bin/true'], ...size },
          });
          await (
            await client.attach(stream)
          ).closed;
        }
        const own = statSync(path.join(bundle, 'rootfs/bin/busybox')).ino;
        const written = [...screen.text.matchAll(/^could write (\d+)$/gm)].map(([, ino]) => ino);
        assert.deepEqual(
          written.filter((ino) => ino !== String(own)),
          [],
        );
        await served.stop();
      });

      it('replaces its own /proc, and its tree is still the true one (49)', async () => {
        const bundle = await place.bundle(privilege, 'notes', ({ process }) => {
          const lie = 'mkdir -p /tmp/lie/77; echo "77 (liar) S 1" >/tmp/lie/77/stat';
          const script = `sleep 1000 & ${lie}; mount --bind /tmp/lie /proc; umount /proc; umount -l /proc; mount --bind /tmp/lie /proc; echo up; sleep 2000`;
          process.args = ['/bin/sh', '-c', script];
        });
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const told = client.next('processes', ({ upserted }) => upserted.length >= 2);
        const { id, console } = await client.start(bundle);
        await (await client.attach(console)).shows(/^up$/m);
        await client.rpc.request('watchProcesses', { id, on: true });
        const { upserted } = await told;
        assert.deepEqual(upserted.map(({ pid }) => pid).sort()[0], 1);
        assert.ok(!upserted.some(({ pid }) => pid === 77));
        assert.ok(upserted.some(({ hostPid }) => processesWith('sleep 1000').includes(hostPid)));
        await served.stop();
      });
    });
  }
});

/** As `Workplace.command`, where sudo asks on the terminal itself: its password is given beforehand. */
function asPerson(
  place: Workplace,
  privilege: (typeof privileges)[number],
  program: readonly string[],
): [string, readonly string[]] {
  if (privilege === 'root') return [program[0]!, program.slice(1)];
  const { uid, gid } = place.user;
  const asUser = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
  // Under sudo the helper is root with SUDO_UID; the password prompt is another test's.
  return privilege === 'sudo'
    ? ['env', [`SUDO_UID=${uid}`, `SUDO_GID=${gid}`, ...program]]
    : ['setpriv', [...asUser, ...program]];
}

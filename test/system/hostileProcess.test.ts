/** Processes that attack what watches them (security cases 43-49), beside those of processes.test.ts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { ProcessInfo } from '../../src/protocol/processes';
import { skipBecause, skipWithSanitizers } from '../skip';
import { compile, compileLoader, requireFuse } from './compile';
import {
  Workplace,
  privileges,
  processesWith,
  until,
  usePlace,
  residentMemory,
} from './containers';
import { roundsOf, timeoutOf } from './races';
import { type Client, Served, size } from './serving';

interface Attack {
  /** Whom sessions are asked to be. */
  readonly user?: string;
  /** A command inside, beside whose process they are opened. */
  readonly beside?: string;
  /** Whom the attacker is. */
  readonly uid?: number;
  readonly mayTrace?: boolean;
  /** It is in no user namespace, so its root is the machine's. */
  readonly sharesUsers?: boolean;
}

const attacks: readonly (readonly [what: string, point: 'notes' | 'safe', Attack])[] = [
  ['as in the notes', 'notes', {}],
  ['as in the notes, of another user', 'notes', { user: 'me' }],
  ['as in the notes, of another user, by that user', 'notes', { user: 'me', uid: 1000 }],
  ['a shell beside a process', 'notes', { beside: 'su me -s /bin/sh -c "exec sleep 2001"' }],
  ['safe', 'safe', {}],
  ['safe, and may trace', 'safe', { mayTrace: true }],
  ['safe, without users of its own', 'safe', { sharesUsers: true }],
  ['safe, without users of its own, and may trace', 'safe', { mayTrace: true, sharesUsers: true }],
];

describe('a hostile process', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  it('answers nobody who looks at its files, and holds up nobody but itself (44)', async function () {
    requireFuse(this);
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const bundle = await place.bundle('root', 'notes', ({ process }) => {
      process.args = ['/silent', '/bin'];
    });
    compile(this, 'silent.c', path.join(bundle, 'rootfs/silent'));
    const { id, console } = await client.start(bundle);
    await (await client.attach(console)).shows(/^mounted$/m);
    const other = await client.start(await place.bundle('root'));
    const session = (of: string) =>
      client.rpc.request('openSession', { id: of, args: ['/bin/echo', 'here'], ...size });
    const silent = Array.from({ length: 6 }, () => session(id));
    for (const one of await Promise.allSettled(silent))
      assert.match(
        one.status === 'rejected' ? (one.reason as Error).message : 'opened',
        /^“box” does not answer: .*Stop the container/,
      );
    await (await client.attach((await session(other.id)).stream)).shows(/^here$/m);
    await client.rpc.request('stop', { id, graceMs: 0 });
    await client.rpc.request('stop', { id: other.id, graceMs: 0 });
    await served.stop();
  });

  for (const [users, waitsIn, variable] of [
    ['of the machine', '/bin/sh', 'A=b'],
    ['of the machine', '/bin/bash', 'a.b=c'], // a name that only bash hands on
    ['of its own, and root is root', '/bin/sh', 'A=b'],
  ] as const)
    it(`cannot write the shell that PID 1 was, ${waitsIn}, with users ${users} (48)`, async function () {
      const shell = realpathSync(waitsIn);
      const copy = path.join(place.folder, 'shell');
      copyFileSync(shell, copy);
      const bundle = await place.bundle('root', 'safe', (config) => {
        const { linux, mounts, process } = config;
        process.args = ['/proc/self/exe'];
        process.env?.push(variable);
        if (users === 'of the machine') {
          linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'user');
          delete linux.uidMappings;
          delete linux.gidMappings;
        } else linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 0, size: 1000 }];
        linux.maskedPaths = linux.readonlyPaths = [];
        mounts[0] = { destination: '/proc', type: 'proc', source: 'proc' };
      });
      for (const name of ['lib64/ld-linux-x86-64.so.2', 'lib/ld-linux-aarch64.so.1'])
        compileLoader(this, 'loader.c', path.join(bundle, 'rootfs', name));
      // A copy stands for it, in a mount namespace of the test's own.
      const instead = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
      place.prefix = ['unshare', '--mount', '--', 'sh', '-c', instead, 'sh', copy, shell];
      const { stdout, stderr } = await place.runScript('root', bundle);
      place.prefix = [];
      assert.equal(stdout, 'could not write\n', stderr);
      assert.ok(readFileSync(copy).equals(readFileSync(shell)));
    });

  it('cannot write what PID 1 was before, and gets no file of the machine by it (48)', async function () {
    skipWithSanitizers(this, 'it has a loader, which is not inside');
    const bundle = await place.bundle('root', 'notes', ({ process }) => {
      process.args = ['/proc/self/exe'];
    });
    const program = path.join(path.dirname(place.helper), `terrarium-init-${process.arch}`);
    const before = readFileSync(program);
    // PID 1 is what it was before once more, which takes no part in a start that nobody planned.
    const { code, stdout, stderr } = await place.run('root', bundle);
    assert.deepEqual([code, stdout], [125, ''], stderr);
    assert.match(stderr, /terrarium-init is started by Terrarium/);
    assert.ok(readFileSync(program).equals(before));
  });

  for (const privilege of privileges) {
    describe(privilege, () => {
      it('prints without end, the helper’s memory stays bounded, and Ctrl+C works (45)', async () => {
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { pid } = await client.rpc.request('hello', { client: 'test' });
        const { console } = await client.start(await place.bundle(privilege));
        const screen = await client.attach(console);
        await screen.shows(/\/ #$/);
        screen.type('yes "$(seq 1 30 | tr "\\n" " ")"\r');
        // What it takes to print at all, and to remember a full screen, is there after the first ones.
        await until('ten megabytes', () => screen.received > 10_000_000, 40_000);
        const before = residentMemory(pid);
        await until('a hundred more', () => screen.received > 110_000_000, 40_000);
        const grown = residentMemory(pid) - before;
        assert.ok(grown < 48_000, `${grown} KiB more for 100 MB`);
        screen.type('\x03');
        screen.type('echo the e""nd\r');
        await screen.shows(/^the end$/m, 20_000);
        await served.stop();
      });

      it('keeps no shell away by a read-only devpts', async () => {
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.annotations = { 'dev.terrarium.remount': 'allowed' };
          config.process.args = [
            '/bin/sh',
            '-c',
            'mount -o remount,ro /dev/pts && echo changed; exec sleep 60',
          ];
        });
        const { id, console } = await client.start(bundle);
        await (await client.attach(console)).shows(/^changed$/m);
        const { stream } = await client.rpc.request('openSession', { id, args: [], ...size });
        const shell = await client.attach(stream);
        await shell.shows(/[#$]$/);
        shell.type('tty\r');
        await shell.shows(/^\/dev\/pts\/\d+$/m);
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

      for (const [what, point, attack] of attacks) {
        if (attack.sharesUsers && privilege === 'rootless') continue; // it always has its own
        it(`gets nothing of the host from sessions that come and go: ${what} (48)`, async function () {
          const rounds = roundsOf(10);
          this.timeout(timeoutOf(rounds));
          const marker = path.join(place.folder, 'marker');
          writeFileSync(marker, '');
          const bundle = await place.bundle(privilege, point, ({ process, linux }) => {
            const { uid = '', beside } = attack;
            // Nothing else is forked: a child of root's shell may more than the user who looks at it.
            const script = `${beside ? `${beside} & ` : ''}exec /newcomers ${marker} ${uid}`;
            process.args = ['/bin/sh', '-c', script];
            if (attack.mayTrace)
              for (const set of ['bounding', 'permitted', 'effective'] as const)
                process.capabilities?.[set]?.push('CAP_SYS_PTRACE');
            if (attack.sharesUsers)
              linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'user');
          });
          const rootfs = path.join(bundle, 'rootfs');
          compile(this, 'newcomers.c', path.join(rootfs, 'newcomers'));
          appendFileSync(path.join(rootfs, 'etc/passwd'), 'me:x:1000:1000::/:/bin/true\n');
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const { id, console } = await client.start(bundle);
          const screen = await client.attach(console);
          await screen.shows(/^watching$/m);
          const as = attack.beside
            ? { beside: await processOf(client, id, 'sleep 2001') }
            : { user: attack.user };
          const codes: number[] = [];
          for (let round = 0; round < rounds; round++) {
            const args = attack.beside ? [] : ['/bin/true'];
            const over = client.next('streamEnded', () => true);
            await client.rpc.request('openSession', { id, args, ...as, ...size });
            codes.push((await over).code);
          }
          // ETXTBSY: it may have the program, a file of its own, open for writing just then.
          assert.ok(
            codes.includes(0) && codes.every((code) => code === 0 || code === 126),
            String(codes),
          );
          await screen.quiet();
          await served.stop();
          const own = statSync(path.join(rootfs, 'bin/busybox')).ino;
          const got = screen.text.split('\n').filter((line) => line.startsWith('got '));
          assert.deepEqual(
            got.filter((line) => line !== `got exe ${own}`),
            [],
          );
        });
      }

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

async function processOf(client: Client, id: string, commandLine: string) {
  const is = (one: ProcessInfo) => one.commandLine === commandLine;
  const found = client.next('processes', ({ upserted }) => upserted.some(is));
  await client.rpc.request('watchProcesses', { id, on: true });
  const { pid, startTime } = (await found).upserted.find(is)!;
  await client.rpc.request('watchProcesses', { id, on: false });
  return { pid, startTime };
}

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

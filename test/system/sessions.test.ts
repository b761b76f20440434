/** Who a further shell is and what it may (security cases 28, 30, 31): PID 1's user, or one by name. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { findTool } from '../../src/helper/host/hostTools';
import { skipBecause } from '../skip';
import { compile } from './compile';
import {
  type TestPrivilege,
  closeToOthers,
  ended,
  privileges,
  processesWith,
  until,
  usePlace,
  Workplace,
} from './containers';
import { parentOf } from './machineProcesses';
import { type Client, Served, size, useServed } from './serving';

/** Root itself rarely has a range of subordinate ids, but may map any. */
const range = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
const wide = { uidMappings: range, gidMappings: range };

describe('sessions', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  for (const privilege of privileges) {
    describe(privilege, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (connected) => (client = connected),
      );
      let other: Served | undefined;
      afterEach(async () => {
        await other?.stop();
        other = undefined;
      });

      /** Whose descriptors nobody may take. */
      function startClosed(context: Mocha.Context): Promise<Served> {
        const refusing = path.join(place.folder, 'noDescriptors');
        compile(context, 'noDescriptors.c', refusing);
        place.prefix = [refusing];
        return Served.start(place, privilege).finally(() => (place.prefix = []));
      }

      /** A further shell may be there before the program of PID 1 is. */
      const pid1Runs = (pid: number) =>
        until('PID 1', () => commandOf(pid) === '/bin/sleep\x001000\0');

      const open = (id: string, args: string[], user?: string) =>
        client.rpc.request('openSession', { id, args, ...size, ...(user && { user }) });

      for (const point of ['notes', 'safe'] as const)
        it(`keep to PID 1's user, groups, capabilities and limits (${point})`, async () => {
          const bundle = await place.bundle(privilege, point, ({ process, linux }) => {
            process.user = { uid: 1000, gid: 1001, additionalGids: [5, 20] };
            process.rlimits = [
              { type: 'RLIMIT_NOFILE', soft: 200, hard: 300 },
              { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
            ];
            process.args = ['/bin/sleep', '1000'];
            if (point === 'safe' && privilege === 'root') Object.assign(linux, wide);
          });
          const { id, hostPid } = await client.start(bundle);
          await open(id, ['/bin/sleep', '2000']);
          const session = await until('its program', () =>
            processesWith('/bin/sleep 2000').find(
              (pid) => commandOf(pid) === '/bin/sleep\x002000\0',
            ),
          );
          await pid1Runs(hostPid!);
          assert.equal(factsOf(session), factsOf(hostPid!));
          assert.match(factsOf(hostPid!), /open files +200 +300/);
        });

      if (privilege === 'rootless')
        it('open where no groups can be set, because only one’s own is mapped', async () => {
          const bundle = await place.bundle(privilege, 'safe', ({ process, linux }) => {
            const { uid, gid } = place.user;
            linux.uidMappings = [{ containerID: 0, hostID: uid, size: 1 }];
            linux.gidMappings = [{ containerID: 0, hostID: gid, size: 1 }];
            process.args = ['/bin/sleep', '1000'];
          });
          const { id, hostPid } = await client.start(bundle);
          await open(id, ['/bin/sleep', '2000']);
          const session = await until('its program', () =>
            processesWith('/bin/sleep 2000').find(
              (pid) => commandOf(pid) === '/bin/sleep\x002000\0',
            ),
          );
          await pid1Runs(hostPid!);
          assert.equal(factsOf(session), factsOf(hostPid!));
        });

      it('begin in the container’s own root folder, however soon they come', async () => {
        for (const [point, change] of [
          ['notes', () => undefined],
          ['notes', ({ process }) => void (process.user = { uid: 1000, gid: 1000 })],
          ['safe', () => undefined],
        ] as const satisfies ['notes' | 'safe', (config: OciConfig) => void][]) {
          const { id, hostPid } = await client.start(await place.bundle(privilege, point, change));
          await open(id, ['/bin/sleep', '2000']);
          const session = await until('it', () =>
            processesWith('/bin/sleep 2000').find(
              (pid) => commandOf(pid) === '/bin/sleep\x002000\0',
            ),
          );
          const wanted = placeOf(`/proc/${hostPid}/root`);
          for (const name of ['root', 'cwd'])
            assert.equal(placeOf(`/proc/${session}/${name}`), wanted, `${point}: ${name}`);
          await client.rpc.request('stop', { id, graceMs: 0 });
          await until('its end', () => processesWith('/bin/sleep 2000').length === 0);
        }
      });

      it('are whom they are asked to be, with the groups of the rootfs’s own files (31)', async () => {
        const bundle = await place.bundle(privilege, 'safe', ({ process, linux }) => {
          process.args = ['/bin/sleep', '1000'];
          if (privilege === 'root') Object.assign(linux, wide);
        });
        appendFileSync(
          path.join(bundle, 'rootfs/etc/passwd'),
          'me:x:1000:1001:me:/home/me:/bin/sh\n',
        );
        appendFileSync(path.join(bundle, 'rootfs/etc/group'), 'us:x:77:me\nthem:x:78:you\n');
        const { id } = await client.start(bundle);
        const { stream } = await open(id, [], 'me');
        const screen = await client.attach(stream);
        await screen.shows(/\$$/);
        screen.type('id -u; id -g; id -G; grep CapEff /proc/self/status\r');
        await screen.shows(/^1000\n1001\n1001 77\nCapEff:\s+0000000000000000$/m);
      });

      it('are refused for a user that is none, by name (31)', async () => {
        const { id } = await client.start(await place.bundle(privilege));
        for (const user of ['1000x', '0x0', '-1', '4294967295', 'nobody-here', 'a:b\x1b[2J'])
          await assert.rejects(open(id, [], user), /“box” has no user “/);
      });

      for (const [point, user] of [
        ['notes', undefined],
        ['notes', 'me'],
        ['safe', undefined],
      ] as const)
        it(`have a terminal that controls their jobs, an exit code, and leave nothing (${point}, ${user ?? 'root'}) (30)`, async () => {
          const bundle = await place.bundle(privilege, point, ({ process }) => {
            process.args = ['/bin/sleep', '1000'];
          });
          appendFileSync(path.join(bundle, 'rootfs/etc/passwd'), 'me:x:1000:1000::/:/bin/sh\n');
          const { id } = await client.start(bundle);
          const first = await open(id, [], user);
          const screen = await client.attach(first.stream);
          await screen.shows(/[$#]$/);
          screen.type('sleep 2000\r');
          const running = () => processesWith('sleep 2000').length > 0;
          await until('its start', running);
          screen.type('\x03');
          await until('its end by Ctrl+C', () => !running());
          screen.type('sleep 2000\r');
          await until('its second start', running);
          screen.type('\x1a');
          await screen.shows(/Stopped/);
          screen.type('fg\r');
          await until('its going on', () => processesWith('sleep 2000').some(isWaiting));
          screen.type('\x03');
          await until('its end by Ctrl+C', () => !running());
          screen.type('trap "" HUP; echo he""re; exit 42\r');
          const over = client.next('streamEnded', ({ stream }) => stream === first.stream);
          assert.equal((await over).code, 42);

          const second = await open(id, ['/bin/sleep', '2000'], user);
          await until('the next one', running);
          const ended = client.next('streamEnded', ({ stream }) => stream === second.stream);
          await client.rpc.request('endSession', { id, stream: second.stream });
          assert.equal((await ended).code, 137);
          await until('its end', () => !running());
        });

      it('keep no container from its end that stop themselves', async () => {
        const bundle = await place.bundle(privilege, 'notes', ({ process }) => {
          process.args = ['/bin/sleep', '1000'];
        });
        const info = await client.start(bundle);
        await open(info.id, ['/bin/sh', '-c', 'sleep 2000 & kill -STOP $$; sleep 3000']);
        // nsenter stops itself with the program that it waits for.
        await until('its stop', () => processesWith('kill -STOP').some(isStopped));
        const over = client.next('containerChanged', ({ state }) => state === 'stopped');
        await client.rpc.request('stop', { id: info.id, graceMs: 0 });
        await over;
        await until('the end of all', () => processesWith('sleep 2000').length === 0);
      });

      for (const point of ['notes', 'safe'] as const)
        it(`say how their program ended, and refuse one that is not there (${point}) (13, 14, 30)`, async () => {
          const bundle = await place.bundle(privilege, point, ({ process, mounts }) => {
            const tool =
              "printf '#!/bin/sh\\nexit 7\\n' >/mnt/tool; chmod +x /mnt/tool; echo re''ady";
            process.args = ['/bin/sh', '-c', `${tool}; exec sleep 1000`];
            mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'tmpfs' });
          });
          mkdirSync(path.join(bundle, 'rootfs/mnt'));
          const { id, console } = await client.start(bundle);
          await (await client.attach(console)).shows(/^ready$/m);
          const endOf = async (args: string[]) => {
            const { stream } = await open(id, args);
            const over = client.next('streamEnded', (ended) => ended.stream === stream);
            await client.attach(stream); // it may have ended before: who attaches hears it again
            return over;
          };
          for (const [signal, code] of [
            ['KILL', 137],
            ['TERM', 143],
            ['SEGV', 139],
          ] as const) {
            const killed = await endOf(['sh', '-c', `kill -${signal} $$; sleep 1000`]);
            assert.equal(killed.code, code);
            assert.equal(killed.message, `The shell was ended by SIG${signal}.`);
          }
          assert.equal((await endOf(['/mnt/tool'])).code, 7); // not in the rootfs on disk
          for (const [args, problem] of [
            [['/bin/absent'], /"\/bin\/absent" does not exist in the rootfs/],
            [['absent'], /"absent" does not exist in the rootfs \(looked at \//],
            [['/etc/passwd'], /"\/etc\/passwd" \(\/etc\/passwd\) is not executable/],
            [['/etc'], /is a folder/],
          ] as const)
            await assert.rejects(open(id, [...args]), problem);
        });

      for (const brings of ['spawner', 'shell'] as const)
        it(`say how their program ended also where the filter of system calls forbids to tell (${brings})`, async function () {
          if (brings === 'shell') client = await (other = await startClosed(this)).connect();
          const names = ['write', 'writev', 'wait4', 'waitid'];
          const bundle = await place.bundle(privilege, 'safe', ({ process, linux, mounts }) => {
            // The start takes longer than it keeps its reports to itself.
            for (let at = 0; at < 300; at++)
              mounts.push({ destination: `/tmp/${at}`, type: 'tmpfs', source: 'tmpfs' });
            process.noNewPrivileges = false; // the filter is loaded before privileges are dropped
            linux.seccomp = {
              defaultAction: 'SCMP_ACT_ALLOW',
              syscalls: [{ names, action: 'SCMP_ACT_ERRNO' }],
            };
          });
          const { id } = await client.start(bundle);
          const { stream } = await open(id, ['/bin/sh', '-c', 'exit 7']);
          const over = client.next('streamEnded', (ended) => ended.stream === stream);
          await client.attach(stream); // it may have ended before: who attaches hears it again
          assert.equal((await over).code, 7);
        });

      for (const point of ['notes', 'safe'] as const)
        it(`keep to PID 1's umask, folder and how soon it is killed for memory (${point}) (30)`, async () => {
          const bundle = await place.bundle(privilege, point, ({ process }) => {
            process.user.umask = 0o077;
            process.oomScoreAdj = 500;
            process.cwd = '/srv';
            process.args = [
              '/bin/sh',
              '-c',
              'umask; pwd; cat /proc/self/oom_score_adj; read go; exec sleep 1000',
            ];
          });
          const rootfs = path.join(bundle, 'rootfs');
          mkdirSync(path.join(rootfs, 'srv'));
          appendFileSync(path.join(rootfs, 'etc/passwd'), 'me:x:1000:1000::/:/bin/sh\n');
          if (privilege !== 'root') place.give(bundle);
          const { id, console } = await client.start(bundle);
          const facts = /^0077\n\/srv\n500$/m;
          const pid1 = await client.attach(console);
          await pid1.shows(facts);
          const asked = ['/bin/sh', '-c', 'umask; pwd; cat /proc/self/oom_score_adj; read end'];
          const users = privilege === 'root' && point === 'safe' ? [undefined] : [undefined, 'me'];
          for (const user of users) {
            const { stream } = await open(id, asked, user);
            await (await client.attach(stream)).shows(facts);
          }
          rmSync(path.join(rootfs, 'srv'), { recursive: true });
          const gone = await client.attach((await open(id, asked)).stream);
          await gone.shows(/terrarium: \/srv: No such file or directory\n0077\n\/\n500$/m);
          rmSync(path.join(rootfs, 'bin/sh'));
          const bare = await client.attach((await open(id, ['/bin/pwd'])).stream);
          await bare.shows(/^terrarium: \/srv: No such file or directory\n\/$/m);
        });

      it('have the variables of config.json, a TERM, a HOME, and none of the helper’s', async () => {
        const wanted = ['PATH=/bin', 'LANG=C.UTF-8', 'LANGUAGE=de', 'MALLOC_ARENA_MAX=1'];
        const bundle = await place.bundle(privilege, 'safe', ({ process }) => {
          process.args = ['/bin/sleep', '1000'];
          process.env = wanted;
        });
        const { id } = await client.start(bundle);
        const words = "tr '\\0' '\\n' </proc/self/environ; echo the e''nd; read end";
        const screen = await client.attach(
          (await open(id, ['/bin/busybox', 'sh', '-c', words])).stream,
        );
        const text = await screen.shows(/^the end$/m);
        assert.deepEqual(
          text
            .split('\n')
            .filter((line) => line.includes('='))
            .sort(),
          [...wanted, 'TERM=xterm-256color', 'HOME=/root'].sort(),
        );
      });

      it('have a terminal with a name inside, lead their session, and get its signals alone', async () => {
        const bundle = await place.bundle(privilege, 'safe', ({ process }) => {
          process.args = ['/bin/sleep', '1000'];
        });
        const { id, hostPid } = await client.start(bundle);
        const { stream } = await open(id, []);
        const screen = await client.attach(stream);
        await screen.shows(/[$#]$/);
        // Fields 5 to 8 of proc_pid_stat(5): group, session, terminal, and the group in front of it.
        screen.type(
          'tty; stty size; read p n s pp g l t f rest </proc/self/stat; echo $((g > 0 && l > 0 && f == g))\r',
        );
        await screen.shows(/^\/dev\/pts\/\d+\n24 80\n1$/m);
        screen.type("trap 'echo he''ard' QUIT; kill -QUIT 0\r");
        await screen.shows(/^heard$/m);
        screen.type('exit 5\r');
        const over = await client.next('streamEnded', (ended) => ended.stream === stream);
        assert.equal(over.code, 5);
        assert.ok(existsSync(`/proc/${hostPid}`));
      });

      // Where a user may not open the devpts' multiplexer, a process in the user namespace holds the terminal.
      const bringers = ['spawner', 'shell', ...(privilege === 'rootless' ? ['terminal.js'] : [])];
      for (const brings of bringers)
        it(`end where what brought them in is killed, and the helper goes on (${brings})`, async function () {
          if (brings === 'shell') client = await (other = await startClosed(this)).connect();
          const bundle = await place.bundle(privilege, 'safe', ({ mounts }) => {
            const devpts = mounts.find(({ type }) => type === 'devpts')!;
            if (brings === 'terminal.js')
              devpts.options = devpts.options!.map((one) =>
                one.replace(/^ptmxmode=.*/, 'ptmxmode=0000'),
              );
          });
          const { id } = await client.start(bundle);
          const mark = `held ${privilege}`;
          const viewer = 'aaaaaaaaaaaaaaaa';
          const script = `trap '' HUP; echo re""ady; while :; do sleep 1; done; : ${mark}`;
          const { stream } = await open(id, ['/bin/sh', '-c', script]);
          const terminal = await client.attach(stream, size, viewer);
          await terminal.shows(/ready/);
          const program = processesWith(mark).find((pid) => commandOf(pid).startsWith('/bin/sh'));
          const chain = [parentOf(program!), parentOf(parentOf(program!))];
          const bringer = chain.find((pid) => commandOf(pid).includes(brings));
          assert.ok(bringer, chain.map(commandOf).join('\n'));
          process.kill(bringer, 'SIGSTOP');
          // What it has not read when it ends resets the connection.
          await client.rpc.request('resize', { stream, viewer, cols: 100, rows: 30 });
          const over = client.next(
            'containerChanged',
            ({ sessions = [] }) => sessions.length === 0,
          );
          process.kill(bringer, 'SIGKILL');
          await until('all of it to end', () => processesWith(mark).length === 0);
          await over;
          const { containers } = await client.rpc.request('list', {});
          assert.deepEqual(
            containers.map((one) => one.sessions),
            [[]],
          );
        });

      it('open also at the moment at which the spawner is killed, and so does a container', async () => {
        const [bundle, next] = [await place.bundle(privilege), await place.bundle(privilege)];
        const { id } = await client.start(bundle);
        const { pid } = await client.rpc.request('hello', { client: 'test' });
        for (let round = 0; round < 5; round++) {
          await open(id, ['/bin/true']); // where none is there, this makes one
          // The last program of one may have been taken: the next one comes soon. A monitor that was spawned is none.
          const spawners = await until('a spawner', () => {
            const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
            const all = (children.match(/\d+/g) ?? []).map(Number);
            const found = all.filter((child) => /\0spawner\0/.test(commandOf(child)));
            return found.length > 0 && found;
          });
          for (const spawner of spawners) process.kill(spawner, 'SIGKILL');
          const { stream } = await open(id, ['/bin/sh', '-c', 'read x; exit 7']);
          const over = client.next('streamEnded', (ended) => ended.stream === stream);
          (await client.attach(stream)).type('\r');
          assert.equal((await over).code, 7);
        }
        assert.equal((await client.start(next)).state, 'running');
      });

      // With PIDs of its own the kernel ends all of a container.
      for (const brings of privilege === 'root' ? ['spawner', 'shell'] : [])
        it(`end with the helper that is killed, where the container has the machine’s PIDs (${brings})`, async function () {
          const served = await (brings === 'shell'
            ? startClosed(this)
            : Served.start(place, privilege));
          const killed = await served.connect();
          const bundle = await place.bundle(privilege, 'notes', ({ linux, process }) => {
            process.args = ['/bin/sleep', '1000'];
            linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'pid');
          });
          const { id } = await killed.start(bundle);
          const mark = `left ${brings}`;
          const args = ['/bin/sh', '-c', `trap '' HUP; while :; do sleep 1; done; : ${mark}`];
          await killed.rpc.request('openSession', { id, args, ...size });
          await until('it', () =>
            processesWith(mark).some((pid) => commandOf(pid).startsWith('/bin/sh')),
          );
          await served.kill(killed);
          await until('its end', () => processesWith(mark).length === 0);
        });

      it('have a terminal without a name where there is no devpts, and no link is followed to one', async () => {
        const bundle = await place.bundle(privilege, 'safe', (config) => {
          config.process.args = [
            '/bin/sh',
            '-c',
            'ln -s /proc/1/root/else /dev/pts; exec sleep 1000',
          ];
          config.mounts = config.mounts.filter(({ destination }) => destination !== '/dev/pts');
        });
        const { id } = await client.start(bundle);
        const { stream } = await open(id, [
          '/bin/sh',
          '-c',
          'tty; echo and it go""es on; read end',
        ]);
        await (await client.attach(stream)).shows(/^not a tty\nand it goes on$/m);
      });

      it('run nothing by a variable of the bundle, and have it', async () => {
        const marks = mkdtempSync(path.join(place.folder, 'm-'));
        chmodSync(marks, 0o777);
        const ran = path.join(marks, 'ran');
        writeFileSync(path.join(marks, '['), `#!/bin/sh\nid >>'${ran}'\nexit 1\n`, { mode: 0o755 });
        const odd = [
          `BASH_FUNC_exec%%=() { id >>'${ran}'; }`,
          `BASH_FUNC_set%%=() { id >>'${ran}'; }`,
          'OPTIND=abc',
          'a.b=c d',
        ];
        const bundle = await place.bundle(privilege, 'safe', ({ process }) => {
          process.args = ['/bin/sleep', '1000'];
          process.env = [`PATH=${marks}:%builtin:/bin`, ...odd];
        });
        const { id } = await client.start(bundle);
        const words = "tr '\\0' '\\n' </proc/self/environ; read end";
        const { stream } = await open(id, ['/bin/busybox', 'sh', '-c', words]);
        const screen = await client.attach(stream);
        for (const one of odd)
          await screen.shows(new RegExp(`^${one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'm'));
        assert.equal(existsSync(ran), false, existsSync(ran) ? readFileSync(ran, 'utf8') : '');
      });

      it('are refused where the container would see them on the host’s root', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          const types = ['user', 'uts', 'ipc', 'mount'] as const;
          config.linux.namespaces = types.map((type) => ({ type }));
          config.mounts = [{ destination: '/proc', source: '/proc', options: ['rbind'] }];
          config.process.args = ['/bin/sleep', '1000'];
        });
        const { id } = await client.start(bundle);
        await assert.rejects(open(id, []), /users of its own and the host's processes/);
      });

      it('say that root inside is more than PID 1 where that was chosen', async () => {
        const bundle = await place.bundle(privilege, 'notes', ({ process }) => {
          process.user = { uid: 1000, gid: 1000 };
          process.args = ['/bin/sleep', '1000'];
        });
        const { id } = await client.start(bundle);
        const { stream } = await open(id, ['/bin/sh', '-c', 'id -u; read end'], 'root');
        const screen = await client.attach(stream);
        await screen.shows(
          /^! This shell is root inside, and PID 1 is only user 1000: you chose it\.$/m,
        );
        await screen.shows(/^0$/m);
      });
    });
  }

  for (const privilege of privileges)
    it(`make no mount on the host and keep none of its disks busy (${privilege})`, async () => {
      // A mount namespace of the test's own, made shared: the machine's stays as it is.
      const share = 'mount --make-rshared / && exec "$@"';
      place.prefix = ['unshare', '--mount', '--', 'sh', '-c', share, 'sh'];
      const served = await Served.start(place, privilege);
      place.prefix = [];
      const outside = (...command: string[]) =>
        execFileSync('nsenter', [`--target=${served.child.pid}`, '--mount', '--', ...command], {
          encoding: 'utf8',
        });
      const disk = mkdtempSync(path.join(place.folder, 'disk-'));
      outside('mount', '-t', 'tmpfs', 'a-disk', disk);
      const opened = await served.connect();
      const { id } = await opened.start(await place.bundle(privilege, 'safe'));
      const mounts = outside('cat', '/proc/self/mountinfo');
      await opened.rpc.request('openSession', { id, args: ['/bin/sleep', '2000'], ...size });
      const those = await until('the session', () => {
        // Those that wait for it, too.
        const found = processesWith('/bin/sleep');
        return found.some((pid) => commandOf(pid) === '/bin/sleep\x002000\0') && found;
      });
      assert.equal(outside('cat', '/proc/self/mountinfo'), mounts);
      outside('umount', disk);
      for (const pid of those)
        assert.doesNotMatch(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'), / a-disk /);
      await served.stop();
    });

  /** @param limiting commands of a shell, which then starts the helper and waits for it */
  async function openFilesInside(privilege: TestPrivilege, limiting: string, engine?: 'runc') {
    const bundle = await place.bundle(privilege, 'notes', (config) => {
      if (engine) config.annotations = { 'dev.terrarium.engine': engine };
    });
    closeToOthers(bundle);
    const words = [process.execPath, place.helper, 'run', bundle];
    const child = place.startProgram(privilege, [
      ...['sh', '-c', `${limiting} "$@" 2>&1; exit`, 'sh', ...words],
      ...['--', '/bin/sh', '-c', 'ulimit -Sn; ulimit -Hn'],
    ]);
    child.stdin!.end();
    return (await ended(child)).stdout;
  }

  for (const privilege of privileges) {
    it(`gives PID 1 the soft limit on open files that its person has, not Node's (${privilege})`, async () => {
      const said = await openFilesInside(privilege, 'ulimit -Sn 333;');
      assert.match(said, /^333\n\d{3,}\n$/);
    });

    for (const engine of [undefined, 'runc'] as const)
      it(`gives PID 1 no more open files than the helper may have, whoever has started that (${engine ?? 'built-in'}, ${privilege})`, async function () {
        if (engine && !findTool(engine)) skipBecause(this, `no ${engine} on this machine`);
        const said = await openFilesInside(privilege, 'prlimit --nofile=500:600', engine);
        assert.match(said, /^600\n600\n$/m);
        assert.doesNotMatch(said, /limit(?! )/);
      });
  }
});

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
}

/** Neither stopped nor a zombie. */
function isStopped(pid: number): boolean {
  return /^State:\tT/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
}

function isWaiting(pid: number): boolean {
  return /^State:\tS/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
}

/** What must be the same for PID 1 and for a session in it. */
function factsOf(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .filter((line) => /^(Uid|Gid|Groups|Cap\w+|NoNewPrivs|Seccomp):/.test(line));
  return [...lines, readFileSync(`/proc/${pid}/limits`, 'utf8')].join('\n');
}

/** Which folder a link of proc_pid_root(5) or proc_pid_cwd(5) leads to. */
function placeOf(link: string): string {
  const { dev, ino } = statSync(link);
  return `${dev}:${ino}`;
}

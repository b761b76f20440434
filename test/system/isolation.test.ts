/** Isolation (security cases 1-10) for root, sudo with a password, and rootless; both starting points. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { compile } from './compile';
import { type Workplace, ended, privileges, usePlace } from './containers';
import { Served, size } from './serving';

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => `/dev/${name}`);
const points = ['notes', 'safe'] as const;
const namespaceFiles: Record<string, string> = {
  pid: 'pid',
  uts: 'uts',
  ipc: 'ipc',
  mount: 'mnt',
  user: 'user',
  network: 'net',
  cgroup: 'cgroup',
};

describe('isolation', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  for (const privilege of privileges) {
    it(`${privilege}: keeps what is hidden or mounted below a read-only place`, async () => {
      const folder = mkdtempSync(path.join(place.folder, 'bound-'));
      chmodSync(folder, 0o755);
      writeFileSync(path.join(folder, 'note'), 'bound\n');
      const script = [
        'ls /proc/sys/kernel | wc -l; ls /data/hid | wc -l; cat /data/file; cat /data/in/note',
        'for f in /proc/sys/x /data/x /dev/x /etc/passwd; do echo y 2>/dev/null >$f; echo $?; done',
        'ls /dev/pts/ptmx; echo >/dev/null; echo $?; head -n 1 /etc/passwd',
      ].join('; ');
      const bundle = await place.bundle(privilege, 'notes', ({ mounts, linux, process }) => {
        mounts.push({ destination: '/data/in', type: 'bind', source: folder, options: ['bind'] });
        linux.maskedPaths = ['/proc/sys/kernel', '/data/hid', '/data/file'];
        linux.readonlyPaths = ['/proc/sys', '/data', '/dev', '/etc/passwd'];
        process.args = ['/bin/sh', '-c', script];
      });
      const data = path.join(bundle, 'rootfs/data');
      mkdirSync(path.join(data, 'hid'), { recursive: true });
      for (const name of ['hid/secret', 'file']) writeFileSync(path.join(data, name), 'secret\n');
      if (privilege !== 'root') place.give(bundle);
      const { stdout, stderr } = await place.run(privilege, bundle);
      const lines = ['0', '0', 'bound', '1', '1', '1', '1', '/dev/pts/ptmx', '0'];
      assert.equal(stdout, `${lines.join('\n')}\nroot:x:0:0:root:/root:/bin/sh\n`, stderr);
    });

    it(`${privilege}: binds files as other tools write it, with propagation and options`, async () => {
      const file = path.join(place.folder, `hosts-${privilege}`);
      writeFileSync(file, 'of the host\n');
      chmodSync(file, 0o666);
      const options = ['rbind', 'rprivate', 'ro', 'nosuid'];
      const bundle = await place.bundle(privilege, 'notes', ({ mounts }) =>
        mounts.push(
          { destination: '/etc/hosts', type: 'bind', source: file, options },
          {
            destination: '/dev/shm/hosts',
            type: 'bind',
            source: file,
            options: ['rslave', 'rbind'],
          },
        ),
      );
      const words = 'cat /etc/hosts /dev/shm/hosts; echo x >/etc/hosts; echo y >/dev/shm/hosts';
      const { stdout, stderr } = await place.run(privilege, bundle, ['/bin/sh', '-c', words]);
      assert.equal(stdout, 'of the host\nof the host\n', stderr);
      assert.match(stderr, /can't create \/etc\/hosts: Read-only file system/);
      assert.equal(readFileSync(file, 'utf8'), 'y\n');
    });

    it(`${privilege}: binds of the rootfs what is mounted there by then`, async () => {
      const bundle = await place.bundle(privilege, 'notes', ({ mounts }) =>
        mounts.push(
          { destination: '/deep/er/place', type: 'tmpfs', source: 'tmpfs' },
          { destination: '/x', type: 'bind', source: 'rootfs/deep/er/place', options: ['bind'] },
        ),
      );
      mkdirSync(path.join(bundle, 'rootfs/deep/er/place'), { recursive: true });
      if (privilege !== 'root') place.give(bundle);
      const words = ['/bin/sh', '-c', 'echo one >/deep/er/place/file; cat /x/file'];
      const { stdout, stderr } = await place.run(privilege, bundle, words);
      assert.equal(stdout, 'one\n', stderr);
    });

    it(`${privilege}: binds what is neither file nor folder, with its options`, async () => {
      const folder = mkdtempSync(path.join(place.folder, 'nodes-'));
      chmodSync(folder, 0o755);
      execFileSync('mkfifo', [path.join(folder, 'pipe')]);
      const server = createServer().listen(path.join(folder, 'socket'));
      await once(server, 'listening');
      try {
        const options = ['rbind', 'ro', 'nosuid', 'rprivate'];
        const bundle = await place.bundle(privilege, 'safe', ({ mounts }) => {
          for (const name of ['pipe', 'socket'])
            mounts.push({
              ...{ destination: `/run/${name}`, type: 'bind', source: path.join(folder, name) },
              options,
            });
        });
        const script =
          '[ -p /run/pipe ] && [ -S /run/socket ] && echo both; grep /run/ /proc/self/mountinfo';
        const { stdout, stderr } = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
        assert.match(stdout, /^both\n/, stderr);
        for (const name of ['pipe', 'socket'])
          assert.match(stdout, new RegExp(` /run/${name} ro,nosuid`));
      } finally {
        server.close();
      }
    });

    it(`${privilege}: binds from where nothing gains rights, and that stays so`, async () => {
      const memory = mkdtempSync(path.join(place.folder, 'memory-'));
      // Which a user namespace may not lift.
      const mount = 'mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs "$1" && echo shared >"$1/file"';
      const bundle = await place.bundle(privilege, 'safe', ({ mounts, linux }) => {
        linux.readonlyPaths = ['/memory/file', '/etc'];
        mounts.push(
          { destination: '/memory', type: 'bind', source: memory, options: ['rbind', 'ro'] },
          {
            ...{ destination: '/etc/file', type: 'bind', source: path.join(memory, 'file') },
            options: ['bind', 'ro', 'rprivate'],
          },
        );
      });
      const words = ['/bin/sh', '-c', 'cat /memory/file /etc/file /proc/self/mountinfo'];
      const prefix = [...['sh', '-c', `${mount} && shift && exec "$@"`, 'sh'], memory];
      place.prefix = ['unshare', '--mount', '--', ...prefix];
      const { stdout, stderr } = await place.run(privilege, bundle, words);
      place.prefix = [];
      assert.match(stdout, /^shared\nshared\n/, stderr);
      for (const where of ['/memory', '/memory/file', '/etc/file'])
        assert.match(stdout, new RegExp(` ${where} ro,nosuid,nodev`), stdout);
      assert.match(stdout, / \/etc ro,relatime/); // programs in it would still run
    });

    for (const point of points) {
      describe(`${privilege}, ${point}`, () => {
        it('is PID 1 and sees only its own processes', async () => {
          const bundle = await place.bundle(privilege, point);
          const { code, stdout, stderr } = await place.run(privilege, bundle, [
            '/bin/sh',
            '-c',
            'echo $$; ps -o pid,comm; exit 0',
          ]);
          assert.equal(code, 0, stderr);
          const [pid, , ...rows] = stdout.trim().split('\n');
          assert.equal(pid, '1');
          assert.deepEqual(
            rows.map((row) => row.trim().split(/\s+/)[1]),
            ['sh', 'ps'],
          );
        });

        it('has a host name of its own', async () => {
          const host = readFileSync('/proc/sys/kernel/hostname', 'utf8');
          const bundle = await place.bundle(privilege, point);
          const { stdout, stderr } = await place.run(privilege, bundle, [
            '/bin/sh',
            '-c',
            'hostname; hostname sag 2>/dev/null; hostname',
          ]);
          // Without CAP_SYS_ADMIN the safe one cannot rename itself; neither touches the host.
          assert.equal(stdout, point === 'notes' ? 'box\nsag\n' : 'box\nbox\n', stderr);
          assert.equal(readFileSync('/proc/sys/kernel/hostname', 'utf8'), host);
        });

        if (point === 'safe')
          it('has a 127.0.0.1 that answers, in a network of its own', async () => {
            const script = 'wget -O - http://127.0.0.1:1/ 2>&1; cat /sys/class/net/*/flags';
            const bundle = await place.bundle(privilege, point);
            const { stdout } = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
            assert.match(stdout, /Connection refused/); // by its own kernel: nobody listens
            assert.match(stdout, /^0x9$/m); // IFF_UP | IFF_LOOPBACK
          });

        it('has exactly the namespaces that config.json lists', async () => {
          let listed: string[] = [];
          const bundle = await place.bundle(privilege, point, (config) => {
            listed = config.linux.namespaces.map(({ type }) => type);
          });
          const { stdout } = await place.run(privilege, bundle, [
            '/bin/sh',
            '-c',
            'for n in pid uts ipc mnt user net cgroup; do readlink /proc/self/ns/$n; done',
          ]);
          const inside = stdout.trim().split('\n');
          if (privilege === 'rootless' && !listed.includes('user')) listed.push('user');
          const expected = Object.entries(namespaceFiles).map(([type]) => listed.includes(type));
          const differs = Object.values(namespaceFiles).map(
            (file, index) => inside[index] !== readlinkSync(`/proc/self/ns/${file}`),
          );
          assert.deepEqual(differs, expected);
        });

        it('shows no mount of the host (7)', async () => {
          let expected: string[] = [];
          const bundle = await place.bundle(privilege, point, (config) => {
            expected = ['/', '/dev', ...config.mounts.map(({ destination }) => destination)];
            const { maskedPaths = [], readonlyPaths = [] } = config.linux;
            expected.push(...[...maskedPaths, ...readonlyPaths].filter(existsSync));
            // Who may make devices has nodes, and no mounts, there.
            if (privilege === 'rootless' || point === 'safe') expected.push(...devices);
          });
          const script = 'cut -d" " -f5 /proc/self/mountinfo';
          const { stdout } = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
          assert.deepEqual(stdout.trim().split('\n').sort(), [...new Set(expected)].sort());
        });

        it('passes on no mount in either direction where the host’s root is shared (5, 6)', async () => {
          const bundle = await place.bundle(privilege, point, ({ process, linux }) => {
            // Or it could make none, whose way out would be proved by nothing.
            delete linux.seccomp;
            for (const set of ['bounding', 'permitted', 'effective'] as const)
              process.capabilities?.[set]?.push('CAP_SYS_ADMIN');
          });
          const outer = path.join(bundle, 'rootfs/outer');
          for (const name of ['outer', 'mnt']) mkdirSync(path.join(bundle, 'rootfs', name));
          // A mount namespace of the test's own, made shared: the machine's stays as it is.
          const share = 'mount --make-rshared / && exec "$@"';
          place.prefix = ['unshare', '--mount', '--', 'sh', '-c', share, 'sh'];
          const script =
            'mount -t tmpfs inner /mnt || exit 1; touch /mnt/inner; echo up; read go; cat /proc/self/mountinfo; ls /outer';
          const child = place.start(privilege, ['run', bundle, '--', '/bin/sh', '-c', script]);
          place.prefix = [];
          const result = ended(child);
          await Promise.race([
            result,
            new Promise((resolve) => child.stdout!.once('data', resolve)),
          ]);
          const outside = (...command: string[]) =>
            execFileSync('nsenter', [`--target=${child.pid}`, '--mount', '--', ...command], {
              encoding: 'utf8',
            });
          const host = outside('cat', '/proc/self/mountinfo');
          assert.match(host, / \/ \/ \S+ shared:/, 'it would be passed on');
          assert.doesNotMatch(host, / inner /);
          assert.equal(outside('ls', path.join(bundle, 'rootfs/mnt')), '');
          outside('mount', '-t', 'tmpfs', 'outer', outer);
          outside('touch', path.join(outer, 'seen'));
          child.stdin!.end('go\n');
          const { code, stdout, stderr } = await result;
          assert.equal(code, 0, stderr);
          assert.match(stdout, / - tmpfs inner /, 'its own mount is there');
          assert.doesNotMatch(stdout, /outer|seen|shared:|master:/);
        });

        it('has only the descriptors 0, 1 and 2, and starts in /, whatever its starter had (10)', async () => {
          const bundle = await place.bundle(privilege, point);
          const rooms = mkdtempSync(path.join(place.folder, 'starter-'));
          chmodSync(rooms, 0o755);
          const file = path.join(rooms, 'secret');
          writeFileSync(file, 'secret', { mode: 0o644 });
          place.starter = [
            ...['bash', '-c', 'cd "$1" && exec 9<secret 12<secret 20<. && shift && exec "$@"'],
            ...['bash', rooms],
          ];
          try {
            const script = 'ls /proc/1/fd; readlink /proc/1/cwd; readlink /proc/1/root; true';
            const expected = ['0', '1', '2', '/', '/'];
            const { stdout } = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
            assert.deepEqual(stdout.trim().split('\n'), expected);

            const config = path.join(bundle, 'config.json');
            const served = await Served.start(place, privilege);
            const client = await served.connect();
            const json = JSON.parse(readFileSync(config, 'utf8')) as OciConfig;
            json.process.args = ['/bin/sh', '-c', `${script}; exec sleep 1000`];
            writeFileSync(config, JSON.stringify(json));
            const seen = new RegExp(`^${expected.join('\\s+')}$`, 'm');
            const { id, console } = await client.start(bundle);
            await (await client.attach(console)).shows(seen);
            const session = 'ls /proc/$$/fd; readlink /proc/$$/cwd; readlink /proc/$$/root';
            const { stream } = await client.rpc.request('openSession', {
              ...{ id, args: ['/bin/sh', '-c', `${session}; read end`], ...size },
            });
            await (await client.attach(stream)).shows(seen);
            await served.stop();
          } finally {
            place.starter = [];
          }
        });

        for (const way of ['chroot', 'setns']) {
          it(`does not let a program out by ${way}`, async function () {
            const bundle = await place.bundle(privilege, point);
            compile(this, 'escape.c', path.join(bundle, 'rootfs/escape'));
            const marker = path.join(place.folder, 'marker');
            writeFileSync(marker, '');
            const { stdout, stderr } = await place.run(privilege, bundle, ['/escape', way, marker]);
            assert.match(
              stdout,
              /^(inside|setns refused|chroot refused|fchdir refused)\n$/,
              stderr,
            );
          });
        }
      });
    }

    it(`${privilege}: with chroot as in the notes the way out is open, which is the lesson`, async function () {
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        config.annotations = { 'dev.terrarium.root': 'chroot' };
      });
      compile(this, 'escape.c', path.join(bundle, 'rootfs/escape'));
      const marker = path.join(place.folder, 'marker');
      writeFileSync(marker, '');
      const { stdout, stderr } = await place.run(privilege, bundle, ['/escape', 'chroot', marker]);
      assert.equal(stdout, 'outside\n', stderr);
    });
  }

  for (const privilege of ['root', 'sudo'] as const)
    it(`${privilege}: remounts no file system of the machine, unless config.json allows it`, async () => {
      const inittab = [
        '::sysinit:/bin/busybox poweroff',
        '::shutdown:/bin/busybox umount -a -r',
        '::shutdown:/bin/busybox mount -o remount,ro /',
      ];
      const shell = [
        '/bin/sh',
        '-c',
        'mount -o remount,ro /; touch /a && mount -o remount,bind,ro /; touch /b || echo one mount',
      ];
      for (const [remount, args, said] of [
        ['refused', shell, 'one mount\nthe machine writes\n'],
        ['allowed', shell, 'one mount\n'],
        ['refused', ['/sbin/init'], 'the machine writes\n'],
        ['allowed', ['/sbin/init'], ''],
      ] as const) {
        const folder = mkdtempSync(path.join(place.folder, 'disk-'));
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.annotations = { 'dev.terrarium.remount': remount };
          config.process.args = [...args] as typeof config.process.args;
          config.process.terminal = false;
        });
        mkdirSync(path.join(bundle, 'rootfs/sbin'), { recursive: true });
        symlinkSync('../bin/busybox', path.join(bundle, 'rootfs/sbin/init'));
        writeFileSync(path.join(bundle, 'rootfs/etc/inittab'), `${inittab.join('\n')}\n`);
        // A file system of the test's own, in a mount namespace of its own.
        const machine =
          'mount -t tmpfs none "$0" && cp -a "$1" "$0/box" && shift && "$@"; touch "$0/after" && echo the machine writes';
        place.prefix = ['unshare', '--mount', '--', 'sh', '-c', machine, folder, bundle];
        const { stdout, stderr } = await place.run(privilege, path.join(folder, 'box'));
        place.prefix = [];
        assert.equal(
          stdout.replace(/^The system.*\r?\n|^Sent.*\r?\n|^Requesting.*\r?\n/gm, ''),
          said,
          stderr,
        );
        const warning = /PID 1 is an init.* may make read-only/;
        assert.equal(warning.test(stderr), remount === 'allowed' && args !== shell, stderr);
      }
    });

  it('makes the files in a safe or rootless container the ordinary user’s', async () => {
    for (const [privilege, point] of [
      ['sudo', 'safe'],
      ['rootless', 'notes'],
      ['rootless', 'safe'],
    ] as const) {
      const bundle = await place.bundle(privilege, point);
      const { code, stderr } = await place.run(privilege, bundle, [
        '/bin/sh',
        '-c',
        'echo hello >/root/made-inside',
      ]);
      assert.equal(code, 0, stderr);
      assert.equal(statSync(path.join(bundle, 'rootfs/root/made-inside')).uid, place.user.uid);
    }
  });

  it('drops what the safe configuration does not grant', async () => {
    for (const privilege of privileges) {
      const bundle = await place.bundle(privilege, 'safe');
      const { stdout } = await place.run(privilege, bundle, [
        '/bin/sh',
        '-c',
        'grep -E "^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs)" /proc/self/status; echo x >/proc/sys/kernel/core_pattern && echo written; ls /proc/kcore 2>/dev/null && head -c1 /proc/kcore | wc -c; true',
      ]);
      assert.match(stdout, /CapEff:\s00000000000405fb\n.*CapBnd:\s00000000000405fb\n/s);
      assert.match(stdout, /NoNewPrivs:\s1/);
      assert.doesNotMatch(stdout, /written|^1$/m);
    }
  });
});

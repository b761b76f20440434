/** Isolation (security cases 1-10) for root, sudo with a password, and rootless; both starting points. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { compile } from './compile';
import { Workplace, hostState, privileges } from './containers';

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
  let hostBefore: ReturnType<typeof hostState>;
  before(async function () {
    place = await Workplace.open(this);
    hostBefore = hostState();
  });
  after(async () => {
    if (!place) return;
    assert.deepEqual(hostState(), hostBefore, 'the host is as it was');
    await place.close();
  });

  for (const privilege of privileges) {
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

        it('shows no mount of the host, and mounts inside stay inside', async () => {
          let expected: string[] = [];
          const bundle = await place.bundle(privilege, point, (config) => {
            expected = ['/', '/dev', ...config.mounts.map(({ destination }) => destination)];
            const { maskedPaths = [], readonlyPaths = [] } = config.linux;
            expected.push(...[...maskedPaths, ...readonlyPaths].filter(existsSync));
            // Who may make devices has nodes, and no mounts, there.
            if (privilege === 'rootless' || point === 'safe') expected.push(...devices);
          });
          const table = readFileSync('/proc/self/mountinfo', 'utf8');
          const { stdout } = await place.run(privilege, bundle, [
            '/bin/sh',
            '-c',
            'cut -d" " -f5 /proc/self/mountinfo; mount -t tmpfs none /tmp 2>/dev/null; true',
          ]);
          assert.deepEqual(stdout.trim().split('\n').sort(), [...new Set(expected)].sort());
          assert.equal(readFileSync('/proc/self/mountinfo', 'utf8'), table);
        });

        it('has only the descriptors 0, 1 and 2, and starts in /', async () => {
          const bundle = await place.bundle(privilege, point);
          const { stdout } = await place.run(privilege, bundle, ['/bin/ls', '/proc/self/fd']);
          // 3 is the folder that ls itself reads.
          assert.deepEqual(stdout.trim().split('\n'), ['0', '1', '2', '3']);
          const links = await place.run(privilege, bundle, [
            '/bin/sh',
            '-c',
            'readlink /proc/1/cwd; readlink /proc/1/root',
          ]);
          assert.equal(links.stdout, '/\n/\n');
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

  it('passes on no mount in either direction where the host’s root is shared', async () => {
    const bundle = await place.bundle('root');
    const seen = path.join(bundle, 'rootfs/mnt');
    mkdirSync(seen, { recursive: true });
    // A mount namespace of the test's own, made shared: the machine's stays as it is.
    const script =
      'mount --make-rshared / && "$1" "$2" run "$3" -- /bin/sh -c "mount -t tmpfs none /mnt && touch /mnt/x && cat /proc/self/mountinfo" | grep -c shared; ls "$3/rootfs/mnt"';
    const { stdout, status } = spawnSync(
      'unshare',
      ['--mount', '--', 'sh', '-c', script, 'sh', process.execPath, place.helper, bundle],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0);
    assert.equal(stdout, '0\n');
    assert.ok(existsSync(seen));
  });
});

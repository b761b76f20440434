/** A rootfs that was made to break out (security cases 35-42), for root, sudo and rootless. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseMountinfo } from '../../src/core/procfs/parseMountinfo';
import { compile, compileLibrary } from './compile';
import { Workplace, privileges, usePlace } from './containers';
import { roundsOf, timeoutOf } from './races';
import { Served, size } from './serving';

describe('a hostile rootfs', function () {
  const rounds = roundsOf(1);
  this.timeout(timeoutOf(rounds));
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges) {
    describe(privilege, () => {
      for (const name of ['proc', 'sys', 'dev'])
        it(`is refused by name where ${name} is a symlink (35)`, async () => {
          const bundle = await place.bundle(privilege, 'safe');
          rmSync(path.join(bundle, 'rootfs', name), { recursive: true });
          symlinkSync('/etc', path.join(bundle, 'rootfs', name));
          const { code, stdout, stderr } = await place.run(privilege, bundle, ['/bin/echo', 'ran']);
          assert.equal(code, 125);
          assert.equal(stdout, '');
          assert.match(stderr, new RegExp(`/${name} in its rootfs is a symlink`));
        });

      it('bends no bind mount, of a file or of a folder, and makes nothing on the host (36, 37)', async () => {
        const outside = mkdtempSync(path.join(place.folder, 'outside-'));
        chmodSync(outside, 0o777);
        for (const start of ['script', 'program'])
          for (const source of ['/etc/hostname', '/usr/share'])
            for (const link of ['/../../../../..' + outside, outside, '/no/such/place'])
              for (const destination of [link === outside ? '/share' : '/share/deep/er']) {
                const bundle = await place.bundle(privilege, 'notes', (config) => {
                  config.mounts.push({ destination, type: 'bind', source, options: ['rbind'] });
                  config.process.args = [
                    '/bin/sh',
                    '-c',
                    `test -e ${destination} && cat /proc/self/mountinfo`,
                  ];
                });
                symlinkSync(link, path.join(bundle, 'rootfs/share'));
                if (privilege !== 'root') place.give(bundle);
                const { code, stdout, stderr } = await (start === 'script'
                  ? place.runScript(privilege, bundle)
                  : place.run(privilege, bundle));
                const what = `${start}: ${source} on ${destination} by ${link}: ${stderr}`;
                assert.deepEqual(readdirSync(outside), [], what);
                if (start === 'script') {
                  assert.notEqual(code, 0, what);
                  assert.match(stderr, /is a symlink|Failed: .*symlink/);
                } else {
                  // Inside the link leads to a place below the root, which is made.
                  assert.equal(code, 0, what);
                  const inside = path.posix.resolve('/', link) + destination.slice('/share'.length);
                  const mounts = parseMountinfo(stdout).map(({ mountPoint }) => mountPoint);
                  assert.ok(mounts.includes(inside), `${what}\n${stdout}`);
                }
              }
      });

      it('cannot aim a mask at anything by its own /dev/null (39)', async () => {
        const bundle = await place.bundle(privilege, 'safe', ({ linux }) => {
          linux.maskedPaths = ['/etc/secret', '/proc/kcore', '/etc/hidden'];
        });
        const rootfs = path.join(bundle, 'rootfs');
        writeFileSync(path.join(rootfs, 'etc/secret'), 'secret\n');
        mkdirSync(path.join(rootfs, 'etc/hidden'));
        writeFileSync(path.join(rootfs, 'etc/hidden/secret'), 'secret\n');
        rmSync(path.join(rootfs, 'dev/null'), { force: true });
        symlinkSync('/proc/sysrq-trigger', path.join(rootfs, 'dev/null'));
        if (privilege !== 'root') place.give(bundle);
        const { stdout, stderr } = await place.run(privilege, bundle, [
          ...['/bin/sh', '-c', 'cat /etc/secret; ls /etc/hidden; stat -c %t:%T /etc/secret'],
        ]);
        assert.equal(stdout, '1:3\n', stderr);
      });

      it('hides what a link leads to that is to be masked (39)', async () => {
        const bundle = await place.bundle(privilege, 'safe', ({ linux }) => {
          linux.maskedPaths = ['/etc/secret'];
        });
        writeFileSync(path.join(bundle, 'rootfs/etc/kept'), 'secret\n');
        symlinkSync('kept', path.join(bundle, 'rootfs/etc/secret'));
        if (privilege !== 'root') place.give(bundle);
        const look =
          'cat /etc/secret /etc/kept; stat -c %t:%T /etc/kept; stat -Lc %t:%T /etc/secret';
        const { stdout, stderr } = await place.run(privilege, bundle, ['/bin/sh', '-c', look]);
        assert.equal(stdout, '1:3\n1:3\n', stderr);
      });

      it('shows nothing of the host by a symlink where a bind of its own folder begins (36)', async () => {
        const outside = mkdtempSync(path.join(place.folder, 'outside-'));
        writeFileSync(path.join(outside, 'secret'), 'SECRET');
        const bundle = await place.bundle(privilege, 'notes', ({ mounts }) => {
          mounts.push({
            ...{ destination: '/there', type: 'bind', source: 'rootfs/shared/deep' },
            options: ['bind'],
          });
        });
        const shared = path.join(bundle, 'rootfs/shared');
        mkdirSync(path.join(shared, 'deep'), { recursive: true });
        writeFileSync(path.join(shared, 'deep/own'), 'OWN');
        if (privilege !== 'root') place.give(bundle);
        const words = ['/bin/sh', '-c', 'cat /there/*'];
        assert.match((await place.run(privilege, bundle, words)).stdout, /^OWN/);
        for (const [link, target] of [
          [shared, path.dirname(outside)],
          [path.join(shared, 'deep'), outside],
        ] as const) {
          rmSync(link, { recursive: true });
          symlinkSync(target, link);
          const { code, stdout, stderr } = await place.run(privilege, bundle, words);
          assert.equal(code, 125, stdout);
          assert.match(stderr, /is reached by \S*\/rootfs\/shared\S*, which is a symlink/);
          rmSync(link);
          mkdirSync(path.join(shared, 'deep'), { recursive: true });
        }
      });

      it('runs nothing of its own with more than the container’s rights (40)', async function () {
        const bundle = await place.bundle(privilege, 'safe', ({ process }) => {
          process.args = ['/bin/busybox', 'sleep', '1000'];
        });
        const rootfs = path.join(bundle, 'rootfs');
        setTraps(this, rootfs);
        if (privilege !== 'root') place.give(bundle);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        for (let round = 0; round < rounds; round++) {
          const { id } = await client.start(bundle);
          const { stream } = await client.rpc.request('openSession', {
            ...{ id, args: ['/bin/busybox', 'echo', 'session'], ...size },
          });
          await (
            await client.attach(stream)
          ).closed;
          await client.rpc.request('stop', { id, graceMs: 0 });
        }
        await client.rpc.request('takeOwnership', { bundle, kind: 'bundle', path: '/etc' });
        // A session's last words are the container's own sh and setsid, with its rights: nothing else ran.
        assert.match(
          trapped(rootfs),
          /^(?:(?:sh|setsid) uid 0 CapEff:\s00000000000405fb NoNewPrivs:\s1\n)*$/,
        );
        rmSync(path.join(rootfs, 'trapped'), { force: true });
        // What the container itself asks for runs, and with its rights only.
        const own = await place.run(privilege, bundle, ['/bin/umount']);
        assert.equal(own.code, 0, own.stderr);
        assert.match(trapped(rootfs), /^umount uid 0 CapEff:\s00000000000405fb NoNewPrivs:\s1$/m);
        await client.rpc.request('deleteBundle', { bundle });
        assert.equal(existsSync(bundle), false);
        await served.stop();
      });

      it('is reported before it starts where a program in it gains rights or a device lies in it (41)', async () => {
        const bundle = await place.bundle(privilege, 'notes', ({ process }) => {
          process.args = ['/bin/sh', '-c', 'echo payload; sleep 1000'];
        });
        const rootfs = path.join(bundle, 'rootfs');
        for (const [name, mode] of [
          ['bin/gain', 0o4755],
          ['bin/group', 0o2755],
        ] as const) {
          writeFileSync(path.join(rootfs, name), '');
          chmodSync(path.join(rootfs, name), mode);
        }
        spawnSync('mknod', [path.join(rootfs, 'disk'), 'b', '8', '0']);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { console, warnings = [] } = await client.start(bundle);
        const told = warnings.join('\n');
        assert.match(
          told,
          /^Setuid and setgid programs in the rootfs.*: \/bin\/gain, \/bin\/group\.$/m,
        );
        assert.match(told, /^Device nodes in the rootfs: \/disk\./m);
        // In one line, however many there are.
        const text = await (await client.attach(console)).shows(/^payload$/m);
        const line = /^! (\d) warnings \(Terrarium: Show Warnings\)$/m;
        assert.equal(Number(line.exec(text)?.[1]), warnings.length);
        assert.ok(text.search(line) < text.search(/^payload$/m), 'before the payload');
        await served.stop();
      });

      for (const point of ['notes', 'safe'] as const)
        it(`gives another user of the machine, by what is made inside, no more than its root is (${point}) (41)`, async function () {
          const bundle = await place.bundle(privilege, point);
          const rootfs = path.join(bundle, 'rootfs');
          compile(this, 'gain.c', path.join(rootfs, 'gain'));
          const script =
            'cp /gain /made && chmod 4755 /made && (mknod -m 666 /device c 1 3 2>/dev/null; exit 0)';
          const made = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
          assert.equal(made.code, 0, made.stderr);
          // The most that the person's own folders could let through.
          for (const folder of [bundle, rootfs]) chmodSync(folder, 0o755);
          const [gain, device] = [path.join(rootfs, 'made'), path.join(rootfs, 'device')];
          const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', gain, device];
          const { stdout } = spawnSync('setpriv', nobody, { encoding: 'utf8' });
          const isRoots = privilege === 'root' || (privilege === 'sudo' && point === 'notes');
          const user = isRoots ? 0 : place.user.uid;
          // Devices need CAP_MKNOD over the machine itself (capabilities(7)).
          const opened = isRoots && point === 'notes' ? 'the device' : 'nothing';
          assert.equal(stdout, `is user ${user}\nopened ${opened}\n`);
          if (isRoots && point === 'safe')
            assert.match(
              made.stderr,
              /maps root inside to root of this machine/,
              'told so plainly',
            );
        });

      it('works with odd names: of the bundle, of mounts, and of files in it (42)', async () => {
        const odd = `o:d,d \\ 'q' "w"\n\té`;
        const made = await place.bundle(privilege, 'safe', ({ mounts }) => {
          mounts.push(
            { destination: `/mnt/${odd}`, type: 'tmpfs', source: 'tmpfs', options: ['size=64k'] },
            { destination: `/mnt/b ${odd}`, type: 'bind', source: `share ${odd}` },
            { destination: `/mnt/f ${odd}`, type: 'bind', source: `file ${odd}` },
          );
        });
        const parent = path.join(path.dirname(made), odd);
        mkdirSync(parent);
        const bundle = path.join(parent, `box ${odd}`);
        renameSync(made, bundle);
        mkdirSync(path.join(bundle, `share ${odd}`));
        writeFileSync(path.join(bundle, `share ${odd}`, odd), 'in the folder\n');
        writeFileSync(path.join(bundle, `file ${odd}`), 'in the file\n');
        const raw = Buffer.concat([
          Buffer.from(`${bundle}/rootfs/tmp/`),
          Buffer.from([0xff, 0xfe]),
        ]);
        writeFileSync(raw, '');
        if (privilege !== 'root') place.give(path.dirname(made));
        const script =
          'cat "/mnt/b $1/$1" "/mnt/f $1"; ls /tmp | wc -l; grep -c " /mnt/" /proc/mounts';
        const { code, stdout, stderr } = await place.run(privilege, bundle, [
          ...['/bin/sh', '-c', script, 'sh', odd],
        ]);
        assert.equal(code, 0, stderr);
        assert.equal(stdout, 'in the folder\nin the file\n1\n3\n');
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id } = await client.start(bundle);
        const { stream } = await client.rpc.request('openSession', {
          ...{ id, args: ['/bin/ls', `/mnt/b ${odd}`], ...size },
        });
        await (await client.attach(stream)).shows(/o:d,d/);
        await client.rpc.request('stop', { id, graceMs: 0 });
        await assert.rejects(
          client.rpc.request('deleteBundle', { bundle }),
          /it holds “share o:d,d .*Move that elsewhere first/,
        );
        renameSync(path.join(bundle, `share ${odd}`), path.join(parent, 'kept'));
        await client.rpc.request('deleteBundle', { bundle });
        assert.equal(existsSync(bundle), false, 'deleted with everything in it');
        assert.ok(existsSync(path.join(parent, 'kept', odd)));
        await served.stop();
      });
    });
  }
});

/** Under every name that a start, a session or a stop could reach for, and for every loader. */
function setTraps(context: Mocha.Context, rootfs: string): void {
  const trap = path.join(rootfs, 'trap');
  compile(context, 'trap.c', trap);
  const names =
    'sh bash umount mount setpriv nsenter unshare pivot_root chroot prlimit tar env hostname domainname ln mkdir cat kill node sudo newuidmap chown rm';
  const loaders = ['lib64/ld-linux-x86-64.so.2', 'lib/ld-linux-aarch64.so.1', 'lib/ld.so'];
  const places = [
    ...['bin', 'sbin', 'usr/bin', 'usr/sbin'].flatMap((folder) =>
      names.split(' ').map((name) => path.join(folder, name)),
    ),
    ...loaders,
  ];
  for (const name of places) {
    const target = path.join(rootfs, name);
    mkdirSync(path.dirname(target), { recursive: true });
    rmSync(target, { force: true });
    spawnSync('cp', [trap, target]);
  }
  compileLibrary(context, 'trap.c', path.join(rootfs, 'lib/trap.so'));
  appendFileSync(path.join(rootfs, 'etc/ld.so.preload'), '/lib/trap.so\n');
  chownSync(trap, 0, 0);
}

function trapped(rootfs: string): string {
  const file = path.join(rootfs, 'trapped');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

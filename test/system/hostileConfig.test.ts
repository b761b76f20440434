/** A stranger's config.json that aims at the machine, started for root, with sudo, and rootless. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { cgroupLayout } from '../../src/core/cgroup/cgroupFacts';
import type { OciConfig } from '../../src/core/config/schema';
import { quote } from '../../src/core/text/quote';
import { skipBecause } from '../skip';
import { closeToOthers, ended, privileges, type Workplace, usePlace } from './containers';

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => `/dev/${name}`);

const me = { uid: 1000, gid: 1000 };
const makeReadOnly = (root: OciConfig['root']) => void (root.readonly = true);

describe('a hostile config.json', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  it('says what a real root can leave behind, where others reach the folder (41)', async () => {
    for (const privilege of privileges) {
      const bundle = await place.bundle(privilege);
      const open = await place.run(privilege, bundle, ['/bin/true']);
      assert.equal(
        /Root inside is root of this machine/.test(open.stderr),
        privilege !== 'rootless',
      );
      closeToOthers(bundle);
      const closed = await place.run(privilege, bundle, ['/bin/true']);
      assert.equal(closed.stderr, '');
    }
  });

  it('says nothing of that where nothing inside could (41)', async () => {
    const capabilities = { bounding: ['CAP_CHOWN', 'CAP_SETUID'] };
    const changes: [says: boolean, (config: OciConfig) => void][] = [
      [false, ({ process }) => Object.assign(process, { user: me, noNewPrivileges: true })],
      [true, ({ process }) => Object.assign(process, { user: me })],
      [
        false,
        ({ process, root }) => Object.assign(process, { capabilities }) && makeReadOnly(root),
      ],
      [true, ({ root }) => makeReadOnly(root)],
    ];
    for (const [says, change] of changes) {
      const { stderr } = await place.run('root', await place.bundle('root', 'notes', change), [
        '/bin/true',
      ]);
      assert.equal(/Root inside is root of this machine/.test(stderr), says, String(change));
    }
  });

  it('lends the devices where root may make none, as in a container', async () => {
    const bundle = await place.bundle('root');
    const script =
      'grep -c " /dev/null " /proc/self/mountinfo; echo lost >/dev/null; ls -l /dev/fd';
    for (const [prefix, lent] of [
      [[], '0'],
      [['setpriv', '--bounding-set=-mknod', '--'], '1'],
    ] as const) {
      place.prefix = prefix;
      const { stdout, stderr } = await place.run('root', bundle, ['/bin/sh', '-c', script]);
      place.prefix = [];
      assert.equal(stdout.split('\n')[0], lent, stderr);
      assert.match(stdout, /-> \/proc\/self\/fd$/m);
    }
  });

  for (const privilege of privileges) {
    describe(privilege, () => {
      it('writes no file of the machine by the name of a kernel parameter', async () => {
        const target = path.join(place.folder, 'WRITTEN');
        const burst = readFileSync('/proc/sys/kernel/printk_ratelimit_burst', 'utf8');
        const up = `net${'.//'.repeat(3)}.${target.slice(1).replaceAll('/', '.')}`;
        for (const name of [
          up,
          'net.//.kernel.printk_ratelimit_burst',
          'fs.mqueue.//.//.kernel.printk_ratelimit_burst',
        ]) {
          const bundle = await place.bundle(privilege, 'safe', (config) => {
            config.linux.sysctl = { [name]: '* * * * * root id' };
          });
          const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
          assert.equal(code, 125, stderr);
          assert.match(stderr, /must be a kernel parameter/);
        }
        assert.equal(existsSync(target), false);
        assert.equal(readFileSync('/proc/sys/kernel/printk_ratelimit_burst', 'utf8'), burst);
      });

      it('refuses a name that hostname(1) would take for an option', async () => {
        for (const change of [{ hostname: '-I' }, { domainname: '--yp' }]) {
          const bundle = await place.bundle(privilege, 'safe', (config) =>
            Object.assign(config, change),
          );
          const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
          assert.equal(code, 125);
          assert.match(stderr, /name is wrong|must be at most 64 letters.*begin with a letter/);
        }
      });

      it('hands no runtime a key that it would take for another', async () => {
        const ran = path.join(place.folder, `hooked-${privilege}`);
        const hooks = { prestart: [{ path: '/bin/touch', args: ['touch', ran] }] };
        // The last two letters are the ones that Go takes for s and k.
        for (const key of ['Hooks', 'HOOKS', 'hook\u017f', 'hoo\u212as']) {
          const bundle = await place.bundle(privilege, 'safe', (config) => {
            config.annotations = { 'dev.terrarium.engine': 'runc' };
            Object.assign(config, { [key]: hooks });
          });
          const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
          assert.equal(code, 125, stderr);
          assert.match(stderr, /is not "hooks", and some programs would take it for that/);
        }
        assert.equal(existsSync(ran), false);
      });

      it('has no runtime load a library, connect to a socket or remount a disk of the machine', async () => {
        const named = path.join(place.folder, `receiver-${privilege}`);
        for (const [engine, change] of [
          ['crun', { annotations: { 'run.oci.seccomp.plugins': './evil.so' } }],
          ['crun', { annotations: { 'run.oci.pidfd_receiver': named } }],
          ['crun', { annotations: { 'run.oci.hooks.stdout': named } }],
          ['runc', { annotations: { 'org.systemd.property.Slice': "'x.slice'" } }],
          ['runc', { seccomp: { defaultAction: 'SCMP_ACT_ALLOW', ListenerPath: named } }],
          ['runc', { options: ['remount', 'ro'] }],
        ] as const) {
          const bundle = await place.bundle(privilege, 'safe', (config) => {
            config.annotations = { 'dev.terrarium.engine': engine };
            if ('seccomp' in change) Object.assign(config.linux, change);
            else if ('options' in change)
              config.mounts.push({
                destination: '/srv',
                type: 'none',
                options: [...change.options],
              });
            else Object.assign(config.annotations, change.annotations);
          });
          const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
          assert.equal(code, 125, stderr);
          assert.match(
            stderr,
            /act on this machine|connect to a socket of this machine|on this machine too/,
          );
        }
        assert.equal(existsSync(named), false);
      });

      it('makes no device in a folder of the machine that lies on its /dev', async () => {
        const folder = path.join(place.folder, `dev-${privilege}`);
        mkdirSync(folder);
        const tmpfs = { destination: '/dev', type: 'tmpfs', source: 'tmpfs' };
        for (const mounts of [
          [tmpfs, { destination: '/dev', type: 'bind', source: folder, options: ['bind'] }],
          [{ ...tmpfs, source: folder, options: ['rw,bind'] }],
          [tmpfs, { ...tmpfs, destination: '/mnt', source: folder, options: ['bind'] }],
        ]) {
          const bundle = await place.bundle(privilege, 'notes', (config) => {
            config.mounts = [...mounts, { destination: '/proc', type: 'proc', source: 'proc' }];
            const device = { path: '/mnt/sda', type: 'b' as const, major: 8, minor: 0 };
            if (mounts[1]?.destination === '/mnt') config.linux.devices = [device];
          });
          await place.run(privilege, bundle, ['/bin/true']);
          assert.deepEqual(readdirSync(folder), []);
        }
      });

      it('sets no option of the machine’s own cgroups anew', async () => {
        for (const joined of [false, true]) {
          const bundle = await place.bundle(privilege, 'notes', ({ mounts, linux }) => {
            mounts.push({ destination: '/mnt', type: 'cgroup2', source: 'cgroup' });
            if (joined) linux.namespaces.push({ type: 'cgroup', path: '/proc/self/ns/cgroup' });
          });
          const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
          assert.equal(code, 125);
          assert.match(stderr, /mounts cgroup2 at \/mnt without a cgroup namespace/);
        }
      });

      it('takes no mount for its own that was not made', async function () {
        if ((await cgroupLayout()).layout === 'v2')
          skipBecause(this, 'it is made where there is cgroup v2 alone');
        const bundle = await place.bundle(privilege, 'notes', ({ mounts, linux }) => {
          mounts.push({ destination: '/foo', type: 'cgroup', source: 'cgroup' });
          linux.readonlyPaths = ['/foo/x'];
        });
        const { stdout } = await ended(place.start(privilege, ['plan', bundle]));
        // So /foo is a folder that others may write to, and x is held.
        assert.match(stdout, /if-file:x \/foo @\d+ mount/);
      });

      it('has the kernel read no file of a bundle as a disk', async () => {
        const disk = path.join(place.folder, `disk-${privilege}`);
        writeFileSync(disk, Buffer.alloc(65_536));
        for (const [type, source] of [
          ['ext4', 'disk'],
          ['xfs', './disk'],
          ['auto', 'LABEL=disk'],
          ['vfat', disk],
          ['none', disk],
        ] as const) {
          const bundle = await place.bundle(privilege, 'notes', ({ mounts }) =>
            mounts.push({ destination: '/mnt', type, source }),
          );
          const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
          assert.equal(code, 125);
          assert.match(stderr, /\/mnt asks for a filesystem of type .* which is no device/);
        }
      });

      it('leaves the words of mount(8) itself to people, and says so', async () => {
        const words = ['X-mount.mkdir', 'x-gvfs-show', 'loop', 'nofail', 'uhelper=a', '_netdev'];
        const bundle = await place.bundle(privilege, 'notes', ({ mounts }) =>
          mounts.push({
            ...{ destination: '/mnt', type: 'tmpfs', source: 'tmpfs' },
            options: [...words, 'size=1m'],
          }),
        );
        const { code, stderr, stdout } = await place.run(privilege, bundle, ['/bin/mount']);
        assert.equal(code, 0, stderr);
        for (const word of words)
          assert.ok(stderr.includes(`"${word}" is a word to mount(8)`), `${word}: ${stderr}`);
        assert.match(stdout, / on \/mnt type tmpfs \(.*size=1024k/);
      });

      it('leaves no line of a mount on the machine, and makes no file system of its read-only', async () => {
        const folder = path.join(place.folder, `shown-${privilege}`);
        mkdirSync(folder);
        const utab = () =>
          existsSync('/run/mount/utab') ? readFileSync('/run/mount/utab', 'utf8') : '';
        const before = utab();
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.mounts.push(
            { destination: '/mnt', type: 'tmpfs', source: 'tmpfs', options: ['x-foo=bar'] },
            { destination: '/srv', type: 'bind', source: folder, options: ['bind'] },
            { destination: '/srv', type: 'none', source: 'none', options: ['remount', 'ro'] },
          );
        });
        const { stderr } = await place.run(privilege, bundle, ['/bin/true']);
        assert.match(stderr, /remount/);
        assert.equal(utab(), before);
        writeFileSync(path.join(folder, 'still'), 'writable');
      });

      it('hides no option of a mount from whoever looks at them', async () => {
        // A filesystem that stands for one of the machine's, where only this test sees it.
        const stand = path.join(place.folder, `stand-${privilege}`);
        mkdirSync(stand);
        const script =
          'mount -t tmpfs -o mode=777 stand "$1" && shift && { "$@"; code=$?; } && grep " $0 " /proc/self/mountinfo && exit $code';
        const before = place.prefix;
        place.prefix = ['unshare', '--mount', '--', 'sh', '-c', script, stand, stand];
        for (const options of [
          ['comment="a', 'b",remount,ro'],
          ['comment="a', 'b",bind'],
          ['"', 'ro', 'nosuid'],
          ['size=1m\\\\,remount', 'ro'],
          ['remount=', 'ro'],
          ['size=1m', 'bind='],
        ]) {
          const bundle = await place.bundle(privilege, 'notes', (config) => {
            const bound = { destination: '/srv', type: 'bind', source: stand, options: ['bind'] };
            config.mounts.push(bound, { ...bound, type: 'none', source: 'none', options });
          });
          const { code, stderr, stdout } = await place.run(privilege, bundle, ['/bin/true']);
          assert.equal(code, 125, `${options.join()}: ${stderr}`);
          assert.match(stderr, /could hide another option|which mount\(8\) overlooks/);
          assert.match(stdout, / - tmpfs stand rw/, options.join());
        }
        place.prefix = before;
      });

      for (const way of ['program', 'script'])
        it(`forbids for the mount itself what is to be forbidden below it too (${way})`, async () => {
          const folder = path.join(place.folder, `recursive-${privilege}-${way}`);
          mkdirSync(folder, { mode: 0o777 });
          chmodSync(folder, 0o777);
          const file = path.join(folder, 'file');
          writeFileSync(file, '');
          chmodSync(file, 0o666);
          const options = ['rbind', 'rro', 'rnosuid', 'rnodev', 'rnoexec'];
          const script = 'grep -E " /(srv|etc/motd) " /proc/self/mountinfo; >/srv/x; >/etc/motd';
          const bundle = await place.bundle(privilege, 'notes', (config) => {
            config.process.args = ['/bin/sh', '-c', script];
            const bound = { destination: '/srv', type: 'bind', source: folder, options };
            config.mounts.push(bound, { ...bound, destination: '/etc/motd', source: file });
          });
          const { stdout, stderr } =
            way === 'script'
              ? await place.runScript(privilege, bundle)
              : await place.run(privilege, bundle);
          assert.equal(stdout.match(/ ro,nosuid,nodev,noexec,/g)?.length, 2, stdout + stderr);
          assert.equal(stderr.match(/Read-only file system/g)?.length, 2, stderr);
          if (way === 'script')
            assert.match(
              readFileSync(await place.exportedScript(privilege, bundle), 'utf8'),
              /no "rro", so the mount itself gets "ro", and none below it/,
            );
          else assert.doesNotMatch(stderr, /none below it/);
          assert.equal(existsSync(path.join(folder, 'x')), false);
        });

      it('renames and changes nothing of a namespace that it joins', async () => {
        for (const [type, change] of [
          ['uts', { hostname: 'renamed' }],
          ['network', { sysctl: { 'net.core.somaxconn': '77' } }],
        ] as const) {
          const bundle = await place.bundle(privilege, 'notes', (config) => {
            const joined = { type, path: `/proc/self/ns/${type === 'uts' ? 'uts' : 'net'}` };
            config.linux.namespaces = config.linux.namespaces.filter((one) => one.type !== type);
            config.linux.namespaces.push(joined);
            delete config.hostname;
            if ('hostname' in change) config.hostname = change.hostname;
            else config.linux.sysctl = change.sysctl;
          });
          // Even were it to succeed: a machine of the test's own.
          const before = place.prefix;
          place.prefix = ['unshare', '--uts', '--net', '--'];
          const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
          place.prefix = before;
          assert.equal(code, 125, stderr);
          assert.match(stderr, /of its own, so it would change|of its own, which would rename/);
        }
      });

      it('waits for no file that it is to join as a namespace', async () => {
        const folder = path.join(place.folder, `joins-${privilege}`);
        mkdirSync(folder);
        const [fifo, plain] = ['fifo', 'plain'].map((name) => path.join(folder, name));
        spawnSync('mkfifo', ['-m', '666', fifo!]);
        writeFileSync(plain!, '');
        for (const file of [fifo!, plain!])
          for (const engine of ['builtin', 'runc', 'crun']) {
            const bundle = await place.bundle(privilege, 'notes', (config) => {
              config.linux.namespaces.push({ type: 'network', path: file });
              config.annotations = { 'dev.terrarium.engine': engine };
            });
            const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
            assert.equal(code, 125, stderr);
            assert.ok(
              stderr.includes(`network namespace at ${file}, which is no namespace`),
              stderr,
            );
          }
      });

      it('says what it is to have no pid namespace, and whose /proc that would show', async () => {
        const bundle = await place.bundle(privilege, 'notes', ({ linux }) => {
          linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'pid');
        });
        const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
        if (privilege === 'rootless') {
          assert.equal(code, 125);
          assert.match(stderr, /mounts proc at \/proc in a user namespace without a pid namespace/);
        } else {
          assert.equal(code, 0, stderr);
          assert.match(stderr, /lists no pid namespace: a \/proc inside shows every process/);
        }
      });

      it('says of what the kernel refuses what would have to be otherwise', async () => {
        const refusals: [RegExp, (config: OciConfig) => void][] = [
          [
            /wants CAP_KILL to be kept over an exec, and it is not in "bounding".*Add it/,
            ({ process }) =>
              void (process.capabilities = { bounding: ['CAP_CHOWN'], ambient: ['CAP_KILL'] }),
          ],
          [
            /takes the capability CAP_SYS_RESOURCE, .* above fs\.nr_open: correct process\.rlimits/,
            ({ process }) =>
              void (process.rlimits = [{ type: 'RLIMIT_NOFILE', soft: 2e9, hard: 2e9 }]),
          ],
          [
            /mounts sysfs at \/sys in a user namespace without a network namespace: .*Add/,
            ({ linux, mounts }) => {
              linux.namespaces.push({ type: 'user' });
              mounts.push({ destination: '/sys', type: 'sysfs', source: 'sysfs' });
            },
          ],
        ];
        for (const [said, change] of refusals) {
          const bundle = await place.bundle(privilege, 'notes', change);
          const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
          assert.equal(code, 125, stderr);
          assert.match(stderr, said);
        }
      });

      it('says where a mount lies on a link of the kernel’s own', async () => {
        const bundle = await place.bundle(privilege, 'notes', ({ mounts }) => {
          mounts.push({ destination: '/proc/self', type: 'tmpfs', source: 'tmpfs' });
        });
        const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
        assert.equal(code, 125);
        assert.match(stderr, /\/proc\/self in its rootfs is a symlink/);
      });

      it('runs no mount helper, which would run its programs on the machine', async () => {
        // mount(8) looks for helpers in /sbin; a private layer above it has one for a type of ours.
        const layer = path.join(place.folder, `helpers-${privilege}`);
        for (const name of ['upper', 'work'])
          mkdirSync(path.join(layer, name), { recursive: true });
        const ran = path.join(layer, 'RAN');
        const helper = path.join(layer, 'upper/mount.evilfs');
        writeFileSync(helper, `#!/bin/sh\n: >${ran}\nexit 0\n`);
        chmodSync(helper, 0o755);
        chmodSync(layer, 0o777);
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.mounts.push({ destination: '/mnt', type: 'evilfs', source: './evil#x' });
        });
        const before = place.prefix;
        const over = `mount -t overlay -o lowerdir=/usr/sbin,upperdir=${layer}/upper,workdir=${layer}/work none /usr/sbin && exec "$@"`;
        place.prefix = ['unshare', '--mount', '--', 'sh', '-c', over, 'sh'];
        const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
        place.prefix = before;
        assert.equal(code, 125, stderr);
        assert.match(stderr, /unknown filesystem type 'evilfs'/);
        assert.equal(existsSync(ran), false);
      });

      it('does not change whose the machine’s devices are and who may use them', async () => {
        const modes = () => devices.map((file) => [statSync(file).mode, statSync(file).uid]);
        const before = modes();
        for (const point of ['notes', 'safe'] as const) {
          const bundle = await place.bundle(privilege, point, (config) => {
            // As root is root inside: the mapping in which the machine's devices are its own.
            if (point === 'safe' && privilege === 'root')
              config.linux.uidMappings = config.linux.gidMappings = [
                { containerID: 0, hostID: 0, size: 65536 },
              ];
            config.linux.maskedPaths = ['/proc/kcore'];
          });
          const script =
            'for file in /dev/null /dev/full /dev/tty /proc/kcore; do chmod 600 $file; chown 1 $file; done; echo x >/dev/null && echo y >/dev/full; head -c 3 /dev/zero | wc -c; true';
          const { code, stdout, stderr } = await place.run(privilege, bundle, [
            ...['/bin/sh', '-c', `(${script}) 2>&1`],
          ]);
          const after = modes();
          for (const [index, file] of devices.entries())
            chmodSync(file, before[index]![0]! & 0o7777); // the machine goes on, whatever was found
          assert.deepEqual(after, before, stdout);
          assert.equal(code, 0, stderr);
          assert.match(stdout, /No space left on device/, 'they are devices');
          assert.match(stdout, /^3$/m);
        }
      });

      it('gives a terminal the name /dev/console', async function () {
        if (privilege === 'sudo') skipBecause(this, 'its password and its terminal would be one');
        const bundle = await place.bundle(privilege, 'safe');
        const inside = '[ -c /dev/console ] && echo to the console >/dev/console; tty';
        const { argv } = place.command(privilege, ['run', bundle, '--', '/bin/sh', '-c', inside]);
        const line = argv.map(quote).join(' ');
        const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8' });
        assert.match(stdout, /to the console\r/);
        assert.match(stdout, /\/dev\/console\r/);
      });
    });
  }
});

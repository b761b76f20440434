/** Mount options that only terrarium-init has: recursive ones, tmpcopyup, ids of a mount, and mounts that travel. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { compile } from './compile';
import { Workplace, privileges, until, usePlace } from './containers';
import { Served } from './serving';

type Mount = OciConfig['mounts'][number];

const ids = (hostID: number) => [{ containerID: 0, hostID, size: 1000 }];
const users = { uidMappings: ids(100_000), gidMappings: ids(100_000) };

describe('mount options of terrarium-init', function () {
  this.timeout(60_000);
  let place: Workplace;
  /** What stands for the machine in a test. */
  let machines: ChildProcess[] = [];
  afterEach(async () => {
    await Promise.all(
      machines.map(async (one) => {
        one.stdin!.end();
        await once(one, 'close');
      }),
    );
    machines = [];
    place.prefix = [];
  });
  usePlace((opened) => (place = opened), { endChildren: true });

  const having = (privilege: 'root' | 'sudo' | 'rootless', mount: Mount, linux: object = {}) =>
    place.bundle(privilege, 'notes', (config) => {
      config.mounts.push(mount);
      Object.assign(config.linux, linux);
    });
  /** Options of the mounts below /mnt, by their place. */
  const options = async (privilege: 'root' | 'sudo' | 'rootless', bundle: string) => {
    const look = ['/bin/busybox', 'grep', ' /mnt', '/proc/self/mountinfo'];
    const { stdout, stderr } = await place.run(privilege, bundle, look);
    assert.doesNotMatch(stderr, /not carried out/);
    const lines = stdout.trim().split('\n');
    return new Map(lines.map((line) => [line.split(' ')[4], line.split(' ')[5]!.split(',')]));
  };

  for (const privilege of privileges)
    it(`sets the attributes of a mount and of all below it (${privilege})`, async () => {
      // In a user namespace those of access times are locked (mount_namespaces(7)).
      const flags = ['ro', 'nosuid', 'nodev', ...(privilege === 'rootless' ? [] : ['noatime'])];
      const bundle = await having(privilege, {
        ...{ destination: '/mnt', type: 'bind', source: 'tree' },
        options: ['rbind', ...flags.map((flag) => `r${flag}`), 'dev'],
      });
      const below = path.join(bundle, 'tree/below');
      mkdirSync(below, { recursive: true });
      const mounted = 'mount -t tmpfs tmpfs "$0" && exec "$@"';
      place.prefix = ['unshare', '--mount', 'sh', '-c', mounted, below];
      const found = await options(privilege, bundle);
      assert.deepEqual([...found.keys()], ['/mnt', '/mnt/below']);
      for (const [where, set] of found)
        for (const flag of flags) assert.ok(set.includes(flag), `${where}: ${set.join()}`);
    });

  for (const privilege of privileges)
    it(`copies what a tmpfs is to cover (${privilege})`, async () => {
      const bundle = await having(privilege, {
        ...{ destination: '/srv', type: 'tmpfs', source: 'tmpfs' },
        options: ['tmpcopyup', 'ro', 'size=1m'],
      });
      const folder = path.join(bundle, 'rootfs/srv');
      mkdirSync(path.join(folder, 'deep/er'), { recursive: true });
      writeFileSync(path.join(folder, 'deep/er/file'), 'x'.repeat(100_000));
      chmodSync(path.join(folder, 'deep/er/file'), 0o4751);
      symlinkSync('/no/such', path.join(folder, 'link'));
      spawnSync('mkfifo', [path.join(folder, 'pipe')]);
      chmodSync(folder, 0o750);
      if (privilege !== 'root') place.give(bundle);
      if (privilege === 'rootless') chmodSync(path.join(folder, 'deep/er/file'), 0o4751);
      const look =
        'cd /srv; stat -c "%n %A %s" . deep/er/file; readlink link; test -p pipe && wc -c <deep/er/file; touch new; grep -o " /srv .*" /proc/self/mountinfo';
      const { stdout, stderr } = await place.run(privilege, bundle, ['/bin/sh', '-c', look]);
      const lines = stdout.trim().split('\n');
      assert.match(lines[0]!, /^\. drwxr-x---/, stderr);
      assert.match(lines[1]!, /^deep\/er\/file -rw[sx]r-x--x 100000/);
      assert.deepEqual(lines.slice(2, 4), ['/no/such', '100000']);
      assert.match(lines[4]!, /^ \/srv ro,/);
      assert.match(stderr, /new: Read-only file system/);
    });

  for (const [size, unknown] of [
    [1000, 'unknown 0 755'],
    [65_536, 'unknown 65534 755'],
  ] as const)
    it(`copies no setuid bit of an owner who is nobody inside, where ${size} are known`, async () => {
      const mapped = [{ containerID: 0, hostID: 100_000, size }];
      const bundle = await place.bundle('root', 'notes', (config) => {
        config.mounts.push({ destination: '/srv', type: 'tmpfs', options: ['tmpcopyup'] });
        Object.assign(config.linux, { uidMappings: mapped, gidMappings: mapped });
        config.linux.namespaces.push({ type: 'user' });
      });
      const folder = path.join(bundle, 'rootfs/srv');
      mkdirSync(folder, { recursive: true });
      spawnSync('chown', ['-hR', '100000:100000', path.join(bundle, 'rootfs')]);
      for (const [name, owner] of [
        ['known', 100_005],
        ['unknown', 5],
      ] as const) {
        writeFileSync(path.join(folder, name), '');
        chownSync(path.join(folder, name), owner, owner);
        chmodSync(path.join(folder, name), 0o6755);
      }
      const look = 'cd /srv; stat -c "%n %u %a" *';
      const { stdout, stderr } = await place.run('root', bundle, ['/bin/sh', '-c', look]);
      assert.deepEqual(stdout.trim().split('\n'), ['known 5 6755', unknown], stderr);
    });

  it('copies no file with the owner and mode of another, though a second writer swaps them', async function () {
    const bundle = await having('root', {
      ...{ destination: '/srv', type: 'tmpfs', source: 'tmpfs' },
      options: ['tmpcopyup'],
    });
    const folder = path.join(bundle, 'rootfs/srv');
    const swapper = path.join(place.folder, 'copy-swapper');
    compile(this, 'swapper.c', swapper);
    mkdirSync(folder, { recursive: true });
    for (let index = 0; index < 4; index++)
      for (const [name, mode] of [
        [`a${index}`, '4755'],
        [`b${index}`, '644'],
      ] as const) {
        writeFileSync(path.join(folder, name), `${mode}\n`);
        chmodSync(path.join(folder, name), parseInt(mode, 8));
      }
    const swaps = Array.from({ length: 4 }, (_, index) =>
      spawn(swapper, [path.join(folder, `a${index}`), path.join(folder, `b${index}`), '0']),
    );
    try {
      for (let run = 0; run < 10; run++) {
        // The content of each says which mode goes with it.
        const look = 'cd /srv; for one in *; do stat -c %a "$one"; cat "$one"; done';
        const { stdout, stderr } = await place.run('root', bundle, ['/bin/sh', '-c', look]);
        const lines = stdout.trim().split('\n');
        assert.ok(lines.length >= 2, stderr);
        const [modes, contents] = [0, 1].map((odd) => lines.filter((_, at) => at % 2 === odd));
        assert.deepEqual(modes, contents);
      }
    } finally {
      for (const one of swaps) one.kill('SIGKILL');
    }
  });

  it('copies what may not be executed as its owner, and no device, to where they may not either', async () => {
    const bundle = await having('root', {
      ...{ destination: '/srv', type: 'tmpfs', source: 'tmpfs' },
      options: ['tmpcopyup', 'suid', 'dev'],
    });
    mkdirSync(path.join(bundle, 'rootfs/srv'), { recursive: true });
    const lies = 'mount --bind "$0" "$0" && mount -o remount,bind,nosuid,nodev "$0" && exec "$@"';
    place.prefix = ['unshare', '--mount', 'sh', '-c', lies, path.join(bundle, 'rootfs')];
    const look = ['/bin/busybox', 'grep', '-o', ' /srv .*', '/proc/self/mountinfo'];
    const { stdout, stderr } = await place.run('root', bundle, look);
    assert.match(stdout, /^ \/srv rw,nosuid,nodev,/, stderr);
  });

  it('says where a copy does not fit, and does not go on without it', async () => {
    const bundle = await having('root', {
      ...{ destination: '/srv', type: 'tmpfs', source: 'tmpfs' },
      options: ['tmpcopyup', 'size=64k'],
    });
    const folder = path.join(bundle, 'rootfs/srv');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'large'), 'x'.repeat(1_000_000));
    const { code, stderr } = await place.run('root', bundle, ['/bin/true']);
    assert.equal(code, 125);
    assert.match(stderr, /\/srv: No space left on device \(tmpcopyup\)/);
  });

  describe('ids of a mount', () => {
    const owner = async (bundle: string) => {
      const look = ['/bin/busybox', 'stat', '-c', '%u:%g', '/mnt/file'];
      const { stdout, stderr } = await place.run('root', bundle, look);
      return stdout.trim() || stderr;
    };
    const withFile = (bundle: string) => {
      mkdirSync(path.join(bundle, 'data'));
      writeFileSync(path.join(bundle, 'data/file'), '');
      chownSync(path.join(bundle, 'data/file'), 7, 8);
      return bundle;
    };
    const bind = { destination: '/mnt', type: 'bind', source: 'data' };

    it('are shown as the file says, without a user namespace', async () => {
      const mappings = { uidMappings: ids(5000), gidMappings: ids(6000) };
      for (const wanted of [['bind'], ['rbind', 'ridmap']]) {
        const mount = { ...bind, options: wanted, ...mappings };
        assert.equal(await owner(withFile(await having('root', mount))), '5007:6008');
      }
    });

    it('are those of the container, where "idmap" says no others', async () => {
      const linux = (config: OciConfig['linux']) => ({
        ...users,
        namespaces: [...config.namespaces, { type: 'user' }] as typeof config.namespaces,
      });
      const bundle = await place.bundle('root', 'notes', (config) => {
        config.mounts.push({ ...bind, options: ['bind', 'idmap'] });
        Object.assign(config.linux, linux(config.linux));
      });
      spawnSync('chown', ['-hR', '100000:100000', path.join(bundle, 'rootfs')]);
      withFile(bundle);
      // Behind a folder that root inside cannot enter.
      chmodSync(path.join(bundle, 'data'), 0o755);
      assert.equal(await owner(bundle), '7:8');
    });

    it('may make root inside root of this machine there, which is said before', async () => {
      for (const [options, said] of [
        [
          ['bind', 'idmap'],
          /mounts\[\d+\] makes root inside root of this machine in \S+\/data: it reads and changes/,
        ],
        [
          ['bind', 'idmap', 'ro'],
          /makes root inside root of this machine in \S+\/data: it reads all/,
        ],
      ] as const) {
        const bundle = await place.bundle('root', 'notes', (config) => {
          config.mounts.push({ ...bind, options: [...options] });
          Object.assign(config.linux, users);
          config.linux.namespaces.push({ type: 'user' });
        });
        spawnSync('chown', ['-hR', '100000:100000', path.join(bundle, 'rootfs')]);
        const made = path.join(withFile(bundle), 'data/made');
        const make = ['/bin/sh', '-c', 'touch /mnt/made && chmod 4755 /mnt/made'];
        const { stderr } = await place.run('root', bundle, make);
        assert.match(stderr, said);
        if (options.length === 2) {
          const { uid, mode } = statSync(made);
          assert.deepEqual([uid, mode & 0o7777], [0, 0o4755]);
        } else assert.match(stderr, /Read-only/);
      }
    });

    it('are refused where they cannot be mapped', async () => {
      const mount = { ...bind, options: ['bind', 'idmap'] };
      const without = await place.run('root', withFile(await having('root', mount)), ['/bin/true']);
      assert.equal(without.code, 125);
      assert.match(without.stderr, /says no ids/);
      const rootless = await having('rootless', { ...mount, ...users });
      const refused = await place.run('rootless', withFile(rootless), ['/bin/true']);
      assert.equal(refused.code, 125);
      assert.match(refused.stderr, /root of this machine alone/);
    });
  });

  describe('mounts that travel', () => {
    /** A mount namespace that stands for the machine: FOLDER is a shared mount in it. */
    const machine = async (folder: string) => {
      const script =
        'mount -t tmpfs tmpfs "$0" && mount --make-shared "$0" && mkdir "$0/late" && chmod 755 "$0/late" && echo && exec cat';
      const child = spawn(
        'unshare',
        ['--mount', '--propagation=private', 'sh', '-c', script, folder],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      machines.push(child);
      await once(child.stdout, 'data');
      const inside = ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`, '--'];
      place.prefix = inside;
      const run = (...argv: string[]) =>
        assert.equal(
          spawnSync(inside[0]!, [...inside.slice(1), ...argv]).status,
          0,
          argv.join(' '),
        );
      const mounts = () => readFileSync(`/proc/${child.pid}/mountinfo`, 'utf8');
      return { run, mounts };
    };

    for (const privilege of privileges)
      for (const option of ['rslave', 'rshared', undefined])
        it(`come from the machine with ${option ?? 'no option: not at all'}, and never go there (${privilege})`, async () => {
          const bundle = await having(privilege, {
            ...{ destination: '/mnt', type: 'bind', source: 'peer' },
            options: ['rbind', ...(option ? [option] : [])],
          });
          const folder = path.join(bundle, 'peer');
          mkdirSync(folder);
          const { run, mounts } = await machine(folder);
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const { console, hostPid } = await client.start(bundle);
          const before = mounts();
          run('mount', '-t', 'tmpfs', 'from-machine', `${folder}/late`);
          const seen = () => readFileSync(`/proc/${hostPid}/mountinfo`, 'utf8');
          assert.equal(/ \/mnt\/late .* from-machine /.test(seen()), option !== undefined, seen());
          run('umount', `${folder}/late`);
          assert.doesNotMatch(seen(), /from-machine/);
          const shell = await client.attach(console);
          await shell.shows(/[#$]$/);
          shell.type('mount -t tmpfs from-inside /mnt/late; echo "status $?"\r');
          await shell.shows(/^status 0$/m);
          assert.match(seen(), /from-inside/);
          assert.equal(/ \/mnt .* shared:/.test(seen()), option === 'rshared');
          assert.equal(mounts(), before, 'the table of the machine is as it was');
          await served.stop();
        });

    it('reach a root that is a slave, and no other mount of the container', async () => {
      const bundle = await place.bundle('root', 'notes', ({ linux, mounts }) => {
        linux.rootfsPropagation = 'rslave';
        mounts.push({
          destination: '/mnt',
          type: 'bind',
          source: 'rootfs/srv',
          options: ['rbind'],
        });
      });
      const [rootfs, srv] = [path.join(bundle, 'rootfs'), path.join(bundle, 'rootfs/srv')];
      mkdirSync(path.join(srv, 'deep'), { recursive: true });
      const { run, mounts } = await machine(path.join(bundle, '..', mkdirOf(bundle)));
      run('mount', '--bind', rootfs, rootfs);
      run('mount', '--make-shared', rootfs);
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const { hostPid } = await client.start(bundle);
      const before = mounts();
      run('mount', '-t', 'tmpfs', 'from-machine', path.join(srv, 'deep'));
      const seen = readFileSync(`/proc/${hostPid}/mountinfo`, 'utf8');
      assert.match(seen, / \/srv\/deep .* from-machine /);
      assert.doesNotMatch(seen, / \/mnt\/deep /);
      run('umount', path.join(srv, 'deep'));
      assert.equal(mounts(), before);
      await served.stop();
    });

    it('stay in the container, whose shared root is a peer group of its own', async () => {
      const bundle = await place.bundle('root', 'notes', ({ linux }) => {
        linux.rootfsPropagation = 'rshared';
      });
      const rootfs = path.join(bundle, 'rootfs');
      const { run, mounts } = await machine(path.join(bundle, '..', mkdirOf(bundle)));
      run('mount', '--bind', rootfs, rootfs);
      run('mount', '--make-shared', rootfs);
      const before = mounts();
      const look =
        'mkdir -p /tmp/x /mnt; mount --bind /tmp /mnt; mount -t tmpfs from-inside /tmp/x; grep -c from- /proc/self/mountinfo; grep -E "^(\\S+ ){4}/ " /proc/self/mountinfo | tail -1';
      const { stdout, stderr } = await place.run('root', bundle, ['/bin/sh', '-c', look]);
      const [count, root] = stdout.trim().split('\n');
      assert.equal(count, '2', stderr);
      assert.match(root!, / shared:\d+ /);
      assert.doesNotMatch(root!, /master:/);
      await until('the end of its mounts', () => mounts() === before);
    });
  });
});

/** A folder beside the bundle for the tmpfs that nothing here looks at. */
function mkdirOf(bundle: string): string {
  const folder = path.join(bundle, '..', 'other');
  mkdirSync(folder);
  return 'other';
}

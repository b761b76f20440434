/**
 * Machines and people that are not as usual: a user without a name, ids that cannot be mapped, scratch
 * folders that take nothing, a FUSE mount, a sudo that follows every command. Each start works, or its
 * message names the thing. In mount namespaces of the tests' own.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CheckReport } from '../../src/protocol/doctor';
import { skipBecause } from '../skip';
import { compileLibrary } from './compile';
import { type TestPrivilege, Workplace, processesWith, until, usePlace } from './containers';
import { Client, newHome, serveWords } from './serving';

describe('a start on another machine', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  /** @param spoil shell commands as root, in a mount namespace of the test's own */
  function inSpoilt(spoil: string, argv: readonly string[], input = '') {
    const script = `${spoil}\nexec "$@"`;
    return spawnSync('unshare', ['--mount', 'sh', '-e', '-c', script, 'sh', ...argv], {
      encoding: 'utf8',
      input,
    });
  }
  const helper = (spoil: string, privilege: TestPrivilege, ...words: string[]) => {
    const { argv, input } = place.command(privilege, words);
    return inSpoilt(spoil, argv, input);
  };
  const echo = ['--', '/bin/echo', 'started'];
  function found(code: string, stdout: string, stderr: string) {
    const { checks } = CheckReport.parse(JSON.parse(stdout || assert.fail(stderr)));
    return checks.find((one) => one.code === code) ?? assert.fail(`no check ${code}`);
  }

  describe('where newuidmap gains nothing', () => {
    /** Copies without the setuid bit over both. */
    const unset = () =>
      ['newuidmap', 'newgidmap']
        .map((name) => {
          const copy = path.join(place.folder, name);
          return `cp "$(command -v ${name})" ${copy}; chmod 755 ${copy}; mount --bind ${copy} "$(command -v ${name})"`;
        })
        .join('\n');

    it('starts with root alone inside, and says so', async () => {
      const bundle = await place.bundle('rootless', 'safe');
      const { status, stdout, stderr } = helper(unset(), 'rootless', 'run', bundle, ...echo);
      assert.deepEqual([status, stdout], [0, 'started\n'], stderr);
      assert.match(stderr, /Only root exists inside.*\(subordinate-ids\)/);
    });

    it('is found by trying it, with the command that helps', () => {
      const { stdout, stderr } = helper(unset(), 'rootless', 'check', place.folder);
      const check = found('subordinate-ids', stdout, stderr);
      assert.equal(check.verdict, 'limited');
      assert.match(check.found, /cannot be mapped.*newuidmap: .*not permitted/);
      assert.match(check.command!, /^sudo chmod u\+s \/\S+\/newuidmap \/\S+\/newgidmap$/);
    });

    it('uses the ones in /usr/local, or in the wrappers of NixOS', async () => {
      const bundle = await place.bundle('rootless');
      const none = path.join(place.folder, 'none');
      writeFileSync(none, '');
      const moved = ['newuidmap', 'newgidmap'].map(
        (name) =>
          `cp -p "$(command -v ${name})" /usr/local/sbin/; mount --bind ${none} /usr/bin/${name}`,
      );
      const elsewhere = ['mount -t tmpfs tmpfs /usr/local/sbin', ...moved].join('\n');
      const words = ['--', '/bin/sh', '-c', 'touch /tmp/x && chown 1000 /tmp/x && echo chowned'];
      const { status, stdout, stderr } = helper(elsewhere, 'rootless', 'run', bundle, ...words);
      assert.deepEqual([status, stdout, stderr], [0, 'chowned\n', '']);
      const report = helper(elsewhere, 'rootless', 'check', place.folder);
      assert.equal(found('subordinate-ids', report.stdout, report.stderr).verdict, 'ok');
    });
  });

  it('works as root where the kernel has no user namespaces', async function () {
    const library = path.join(place.folder, 'noUserNamespaces.so');
    compileLibrary(this, 'noUserNamespaces.c', library);
    const bundle = await place.bundle('root');
    place.starter = ['env', `LD_PRELOAD=${library}`];
    try {
      const { stdout, stderr } = await place.run('root', bundle, ['/bin/echo', 'started']);
      assert.equal(stdout, 'started\n', stderr);
    } finally {
      place.starter = [];
    }
  });

  it('is offered a range of ids that nobody has', () => {
    const [subuid, subgid] = ['subuid', 'subgid'].map((name) => path.join(place.folder, name));
    writeFileSync(subuid!, 'other:100000:65536\n');
    writeFileSync(subgid!, 'other:100000:65536\nthird:165536:65536\n');
    const spoil = `mount --bind ${subuid} /etc/subuid\nmount --bind ${subgid} /etc/subgid`;
    const { stdout, stderr } = helper(spoil, 'rootless', 'check', place.folder);
    const { verdict, command } = found('subordinate-ids', stdout, stderr);
    assert.equal(verdict, 'limited');
    const [, first] = /--add-subuids (\d+)-\d+ --add-subgids \1-\d+ \S+$/.exec(command!) ?? [];
    assert.ok(Number(first) >= 231072, command);
  });

  describe('for a user whose id has no name', () => {
    const nobody = 54_321;
    const as = (...words: string[]) =>
      spawnSync(
        'setpriv',
        [
          ...[`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', 'env', '-i'],
          ...['PATH=/usr/bin:/bin', 'HOME=/tmp', process.execPath, place.helper, ...words],
        ],
        { encoding: 'utf8' },
      );

    it('works with root alone inside, and the check says why', async () => {
      const bundle = await place.bundle('root');
      spawnSync('chown', ['-R', '-h', `${nobody}:${nobody}`, path.dirname(bundle)]);
      const { status, stdout, stderr } = as('run', bundle, ...echo);
      assert.deepEqual([status, stdout], [0, 'started\n'], stderr);
      assert.match(stderr, /Only root exists inside/);
      const report = as('check', bundle);
      const check = found('subordinate-ids', report.stdout, report.stderr);
      assert.equal(check.verdict, 'limited');
      assert.match(check.found, /User 54321 has no name on this machine/);
      assert.match(check.remedy!, /\/etc\/passwd/);
      spawnSync('rm', ['-rf', `/tmp/terrarium-${nobody}`]);
    });
  });

  for (const [what, spoil] of [
    ['only for root', 'mount -t tmpfs -o mode=755 tmpfs /dev/shm'],
    ['full', 'mount -t tmpfs -o mode=1777,size=4k tmpfs /dev/shm; echo x >/dev/shm/x'],
    ['read-only', 'mount -t tmpfs -o mode=1777,ro tmpfs /dev/shm'],
    ['not there', 'mount -t tmpfs tmpfs /dev'],
  ] as const)
    it(`finds another place for its scratch file where /dev/shm is ${what}`, async () => {
      const bundle = await place.bundle('rootless');
      const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
      const rest =
        what === 'not there'
          ? `\nmknod -m 666 /dev/null c 1 3; ${devices
              .slice(1)
              .map(
                (name, index) =>
                  `mknod -m 666 /dev/${name} c ${['1 5', '1 7', '1 8', '1 9', '5 0'][index]}`,
              )
              .join('; ')}`
          : '';
      const { status, stdout, stderr } = helper(spoil + rest, 'rootless', 'run', bundle, ...echo);
      assert.deepEqual([status, stdout], [0, 'started\n'], stderr);
    });

  it('says of a FUSE mount of somebody’s own that root cannot enter it, and works rootless there', async function () {
    if (!existsSync('/usr/bin/bindfs') || !existsSync('/dev/fuse'))
      skipBecause(this, 'this machine has no bindfs, or no /dev/fuse');
    const bundle = await place.bundle('rootless');
    const mounted = path.join(place.folder, 'fuse');
    mkdirSync(mounted, { recursive: true });
    chownSync(mounted, place.user.uid, place.user.gid);
    const mount = place.as('rootless', ['bindfs', '--no-allow-other', bundle, mounted]);
    // Open to everybody, as where udev makes it.
    const node = path.join(place.folder, 'fuse-node');
    const spoil = [
      `rm -f ${node}; mknod -m 666 ${node} c 10 229; mount --bind ${node} /dev/fuse`,
      mount.argv.map((word) => `'${word}'`).join(' '),
    ].join('\n');
    for (const privilege of ['root', 'sudo'] as const) {
      const { status, stderr } = helper(spoil, privilege, 'run', mounted, ...echo);
      assert.equal(status, 125, stderr);
      assert.match(stderr, /a FUSE mount .*not even root\. Start it rootless.*allow_root/);
    }
    const own = helper(spoil, 'rootless', 'run', mounted, ...echo);
    // Each lives in the mount namespace that it keeps alive.
    for (const pid of processesWith(mounted)) process.kill(pid, 'SIGTERM');
    await until('the end of bindfs', () => processesWith(mounted).length === 0);
    assert.deepEqual([own.status, own.stdout], [0, 'started\n'], own.stderr);
  });

  it('names the mapping that leaves out root, without root too', async () => {
    for (const privilege of ['root', 'sudo', 'rootless'] as const) {
      const bundle = await place.bundle(privilege, 'notes', ({ linux, process: { user } }) => {
        linux.namespaces.push({ type: 'user' });
        linux.uidMappings = [{ containerID: 1000, hostID: place.user.uid, size: 1 }];
        linux.gidMappings = [{ containerID: 1000, hostID: place.user.gid, size: 1 }];
        Object.assign(user, { uid: 1000, gid: 1000 });
      });
      const { code, stderr } = await place.run(privilege, bundle, ['/bin/true']);
      assert.equal(code, 125, stderr);
      assert.match(stderr, /uidMappings and gidMappings in config\.json leave out id 0/);
    }
  });

  it('refuses a socket whose path the kernel would cut off, with its length', () => {
    const home = newHome(place, 'root');
    const directory = path.join(home.directory, 'k'.repeat(100));
    mkdirSync(directory, { mode: 0o700 });
    const words = serveWords(place, 'root', { ...home, directory });
    const { status, stderr } = helper(':', 'root', ...words);
    assert.equal(status, 125, stderr);
    assert.match(stderr, /path of the socket .* has \d{3} bytes, .* no more than 107/);
  });

  for (const settings of ['log_subcmds', 'intercept', 'intercept_type=dso, log_subcmds'])
    it(`is refused with the line for sudoers where sudo is set to ${settings}, and works with it`, async function () {
      const { status: known } = spawnSync('visudo', ['-c', '-f', '-'], {
        input: `Defaults ${settings}\n`,
      });
      if (known !== 0) skipBecause(this, 'this sudo does not know that setting (1.9.11 has it)');
      const rules = path.join(place.folder, 'sudoers.d');
      mkdirSync(rules, { recursive: true });
      const serve = (line: string) => {
        const rule = `Defaults ${settings}\n${line}\n${place.user.name} ALL=(ALL) NOPASSWD: ALL\n`;
        writeFileSync(path.join(rules, 'test'), rule, { mode: 0o440 });
        const home = newHome(place, 'sudo');
        const words = serveWords(place, 'sudo', home);
        const { argv } = place.as('rootless', [
          ...['sudo', '-n', '--', process.execPath, place.helper, ...words, '--detach'],
        ]);
        return { home, ...inSpoilt(`mount --bind ${rules} /etc/sudoers.d`, argv) };
      };
      chmodSync(rules, 0o750);
      const refused = serve('');
      assert.equal(refused.status, 125, refused.stderr);
      const [, line] =
        /log_subcmds.*“(Defaults!\S+ !log_subcmds, !intercept)”/.exec(refused.stderr) ??
        assert.fail(refused.stderr);
      const served = serve(line!);
      assert.deepEqual([served.status, served.stdout], [0, 'terrarium-helper ready\n']);
      const { directory, socketName, token } = served.home;
      const client = await Client.connect(path.join(directory, socketName), token);
      const bundle = await place.bundle('sudo');
      const { id } = await client.start(bundle);
      await client.rpc.request('stop', { id, graceMs: 0 });
      await client.rpc.request('shutdown', {});
      await client.rpc.closed;
      await until('its end', () => processesWith(directory).length === 0);
    });
});

/** `helper.js check` names what a machine lacks, each with its remedy (security cases 57, 58). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { chmodSync, chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CheckReport } from '../../src/protocol/doctor';
import { skipBecause } from '../skip';
import { Workplace, usePlace } from './containers';

describe('check', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  /** @param spoil shell commands as root, in a mount namespace of the test's own */
  function check(spoil: string, words: readonly string[] = ['check', place.folder]) {
    const { argv } = place.command('rootless', words);
    const result = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', `${spoil}\nexec "$@"`, 'sh', ...argv],
      {
        encoding: 'utf8',
      },
    );
    return result;
  }

  function found(spoil: string, code: string) {
    const { stdout, stderr } = check(spoil);
    const { checks } = CheckReport.parse(JSON.parse(stdout || assert.fail(stderr)));
    assert.ok(
      checks.every(({ verdict, remedy }) => verdict === 'ok' || verdict === 'unknown' || remedy),
      'whatever is not well has a remedy',
    );
    assert.equal(new Set(checks.map((one) => one.code)).size, checks.length, 'codes are unique');
    return checks.find((one) => one.code === code) ?? assert.fail(`no check ${code}`);
  }

  const hide = (name: string) =>
    `touch ${place.folder}/none; mount --bind ${place.folder}/none "$(command -v ${name})"`;

  it('finds nothing wrong with user namespaces and ids where there is nothing', () => {
    assert.equal(found(':', 'user-namespace').verdict, 'ok');
    assert.equal(found(':', 'subordinate-ids').verdict, 'ok');
  });

  it('names a machine that node-pty has no build for, and run says the same in one sentence', async () => {
    const spoil = `mount -t tmpfs none ${path.join(place.folder, 'node_modules/node-pty/prebuilds')}`;
    const { verdict, found: said, remedy } = found(spoil, 'terminals');
    assert.equal(verdict, 'failed');
    assert.match(said, /none for this machine \(linux, \w+, (?:glibc|musl)\)\.$/);
    assert.match(remedy!, /^Build node-pty/);
    const words = ['run', await place.bundle('rootless')];
    const { argv } = place.command('rootless', words);
    const onTerminal = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', `${spoil}\nexec script -qec "$*" /dev/null`, 'sh', ...argv],
      { encoding: 'utf8', input: '', timeout: 30_000 },
    );
    assert.match(
      onTerminal.stdout,
      /^terrarium: Terminals need node-pty's .* of the extension\.\r\n$/,
    );
    assert.equal(onTerminal.status, 125);
  });

  it('names a folder that is not there or none, and tries all else', () => {
    const file = path.join(place.folder, 'a-file');
    writeFileSync(file, '');
    for (const [folder, said] of [
      ['/nowhere', 'The folder /nowhere does not exist.'],
      [file, `${file} is not a folder.`],
    ] as const) {
      const { status, stdout, stderr } = check(':', ['check', folder]);
      assert.deepEqual([status, stderr], [0, '']);
      const { checks } = CheckReport.parse(JSON.parse(stdout));
      const one = checks.find(({ code }) => code === 'workspace')!;
      assert.deepEqual(
        [one.verdict, one.found, one.remedy],
        ['failed', said, 'Choose another folder.'],
      );
      assert.equal(checks.find(({ code }) => code === 'util-linux')?.verdict, 'ok');
    }
  });

  it('names newuidmap where it is missing', () => {
    const { verdict, found: said, remedy } = found(hide('newuidmap'), 'subordinate-ids');
    assert.equal(verdict, 'limited');
    assert.match(said, /no newuidmap/);
    assert.match(remedy!, /package uidmap/);
  });

  it('names a range of ids that is missing, and a start says what that means (57)', async () => {
    const none = path.join(place.folder, 'subuid');
    writeFileSync(none, '');
    const spoil = `mount --bind ${none} /etc/subuid`;
    const { verdict, command } = found(spoil, 'subordinate-ids');
    assert.equal(verdict, 'limited');
    assert.match(command!, /usermod --add-subuids/);
    const bundle = await place.bundle('rootless');
    const words = ['run', bundle, '--', '/bin/sh', '-c', 'chown 1000 /etc/motd || echo refused'];
    const { stdout, stderr } = check(spoil, words);
    assert.equal(stdout, 'refused\n');
    assert.match(stderr, /Only root exists inside: .*\(subordinate-ids\)/);
    const motd = path.join(bundle, 'rootfs/etc/motd');
    writeFileSync(motd, 'root’s\n');
    chownSync(motd, 0, 0);
    chmodSync(motd, 0o600);
    const refused = check(spoil, ['file', 'read', bundle, '/etc/motd']);
    assert.match(refused.stderr, /\/etc\/motd in the rootfs of .* is refused: .*Permission denied/);
  });

  it('lets root inside give a file to another user where there is a range (57)', async () => {
    const bundle = await place.bundle('rootless');
    const { code, stdout, stderr } = await place.run('rootless', bundle, [
      ...['/bin/sh', '-c', 'touch /tmp/x && chown 1000 /tmp/x && stat -c %u /tmp/x'],
    ]);
    assert.deepEqual([code, stdout], [0, '1000\n'], stderr);
  });

  it('tries user namespaces, names the setting that forbids them, and so does a failed start', async () => {
    // In a user namespace of the test's own that allows none below it.
    const bundle = await place.bundle('rootless', 'safe');
    const outer = ['--user', '--map-root-user', '--mount', 'sh', '-c'];
    const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
    const run = (words: string[]) => {
      const { argv } = place.as('rootless', [
        ...['unshare', ...outer, script, 'sh', process.execPath, place.helper, ...words],
      ]);
      return spawnSync(argv[0]!, argv.slice(1), { encoding: 'utf8' });
    };
    const { stdout, stderr } = run(['check', place.folder]);
    const { checks } = CheckReport.parse(JSON.parse(stdout || assert.fail(stderr)));
    const users = checks.find(({ code }) => code === 'user-namespace')!;
    assert.equal(users.verdict, 'failed');
    assert.match(users.remedy!, /max_user_namespaces/);
    const failed = run(['run', bundle]);
    assert.equal(failed.status, 125);
    assert.match(
      failed.stderr,
      /“Terrarium: Check This Machine” or “helper\.js check” says why \((user-namespace|namespaces)\)/,
    );
  });

  it('names AppArmor where it takes the powers of user namespaces away', function () {
    const file = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';
    if (!existsSync(file) || readFileSync(file, 'utf8').trim() !== '1')
      skipBecause(
        this,
        'this kernel does not restrict user namespaces by AppArmor (Ubuntu 23.10 and later do)',
      );
    const { verdict, remedy } = found(':', 'user-namespace');
    assert.equal(verdict, 'failed');
    assert.match(remedy!, /AppArmor .* profile/);
  });

  it('names no-new-privileges, which keeps sudo from working', () => {
    const { argv } = place.as('rootless', [
      ...['setpriv', '--no-new-privs', process.execPath, place.helper, 'check', place.folder],
    ]);
    const { stdout } = spawnSync(argv[0]!, argv.slice(1), { encoding: 'utf8' });
    const { checks } = CheckReport.parse(JSON.parse(stdout));
    for (const code of ['no-new-privileges', 'sudo']) {
      const one = checks.find((check) => check.code === code)!;
      assert.equal(one.verdict, 'failed', code);
      assert.match(one.remedy!, /\.deb or \.rpm/);
    }
    assert.equal(found(':', 'no-new-privileges').verdict, 'ok');
  });

  it('names it where further ids cannot be mapped for it, and only a start that insists fails', async () => {
    const run = (...words: string[]) => {
      const { argv } = place.as('rootless', [
        ...['setpriv', '--no-new-privs', process.execPath, place.helper, ...words],
      ]);
      return spawnSync(argv[0]!, argv.slice(1), { encoding: 'utf8' });
    };
    const { checks } = CheckReport.parse(JSON.parse(run('check', place.folder).stdout));
    const ids = checks.find(({ code }) => code === 'subordinate-ids')!;
    assert.equal(ids.verdict, 'limited');
    assert.match(ids.found, /no-new-privileges is set/);
    assert.match(
      checks.find(({ code }) => code === 'no-new-privileges')!.remedy!,
      /Rootless works as it is, with root alone inside/,
    );
    const plain = run('run', await place.bundle('rootless'), '--', '/bin/sh', '-c', 'echo $$');
    assert.deepEqual([plain.status, plain.stdout], [0, '1\n'], plain.stderr);
    assert.match(plain.stderr, /Only root exists inside/);
    const mapped = await place.bundle('rootless', 'notes', ({ linux }) => {
      linux.namespaces.push({ type: 'user' });
      const own = (hostID: number) => [
        { containerID: 0, hostID, size: 1 },
        { containerID: 1, hostID: 100_000, size: 1 },
      ];
      linux.uidMappings = own(place.user.uid);
      linux.gidMappings = own(place.user.gid);
    });
    const failed = run('run', mapped, '--', '/bin/true');
    assert.equal(failed.status, 125, failed.stderr);
    assert.match(
      failed.stderr,
      /“Terrarium: Check This Machine” or “helper\.js check” says why \(no-new-privileges\)/,
    );
  });

  for (const [covered, point, verdict] of [
    ['/proc/kallsyms', 'notes', 'failed'],
    ['/sys/kernel/notes', 'safe', 'limited'],
  ] as const)
    it(`names what is covered where nobody in a user namespace may mount anew: ${covered}`, async () => {
      const spoil = `mount --bind /dev/null ${covered}`;
      const { verdict: given, found: said, remedy } = found(spoil, 'user-namespace');
      assert.equal(given, verdict);
      const folder = covered.split('/')[1]!;
      assert.match(said, new RegExp(`parts of /${folder} are covered here`));
      assert.match(remedy!, /systempaths=unconfined.*or use sudo/);
      const bundle = await place.bundle('rootless', point);
      const { status, stderr } = check(spoil, ['run', bundle, '--', '/bin/true']);
      assert.equal(status, 125, stderr);
      assert.match(
        stderr,
        new RegExp(
          `mount -t (proc|sysfs) .*“Terrarium: Check This Machine” .*\\(user-namespace\\)`,
        ),
      );
    });

  it('names a missing domainname, and so does a start that needs it', async () => {
    const gone = hide('domainname'); // on Debian it is hostname by another name
    const { verdict, found: said, remedy } = found(gone, 'host-names');
    assert.equal(verdict, 'limited');
    assert.match(said, /no domainname/);
    assert.match(remedy!, /leave out .*"domainname"/);
    const bundle = await place.bundle('rootless', 'notes', (config) => {
      config.domainname = 'example';
      config.annotations = { 'dev.terrarium.root': 'chroot' };
    });
    const { status, stderr } = check(gone, ['run', bundle, '--', '/bin/true']);
    assert.equal(status, 125, stderr);
    assert.match(stderr, /no “(host|domain)name”.*package hostname; .*\(host-names\)/);
  });

  it('names a folder from which no program runs, and so does a start there', async () => {
    const bundle = await place.bundle('rootless');
    const spoil = `mount --bind ${bundle} ${bundle} && mount -o remount,bind,noexec ${bundle}`;
    const { stdout } = check(spoil, ['check', bundle]);
    const { checks } = CheckReport.parse(JSON.parse(stdout));
    assert.equal(checks.find(({ code }) => code === 'workspace')?.verdict, 'failed');
    const { status, stderr } = check(spoil, ['run', bundle, '--', '/bin/true']);
    assert.equal(status, 126, stderr);
    assert.match(
      stderr,
      /mounted noexec\. No program .*“Terrarium: Check This Machine”.*\(workspace\)/,
    );
  });

  it('is named by a start for which a program of util-linux is missing', async () => {
    const bundle = await place.bundle('rootless', 'notes', (config) => {
      config.annotations = { 'dev.terrarium.root': 'chroot' };
    });
    const { status, stderr } = check(hide('setsid'), [...['run', bundle, '--', '/bin/true']]);
    assert.equal(status, 125, stderr);
    assert.match(stderr, /“Terrarium: Check This Machine” .*\(util-linux\)/);
  });
});

/** How containers end (security cases 11-14, 16, 19, 20) and what a failed start leaves: nothing. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {
  closeToOthers,
  commandLineOf,
  ended,
  assertSameHost,
  hostState,
  privileges,
  processesWith,
  until,
  usePlace,
  Workplace,
} from './containers';

describe('ends', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges) {
    describe(privilege, () => {
      it('exits with the payload’s status', async () => {
        const bundle = await place.bundle(privilege);
        assert.equal((await place.run(privilege, bundle, ['/bin/sh', '-c', 'exit 42'])).code, 42);
      });

      it('passes standard input and output through byte for byte and prints nothing of its own', async () => {
        const bundle = await place.bundle(privilege);
        closeToOthers(bundle);
        const bytes = Array.from({ length: 20_000 }, (_, index) =>
          String.fromCharCode(index % 128),
        ).join('');
        const { code, stdout, stderr } = await place.run(privilege, bundle, ['/bin/cat'], bytes);
        assert.equal(code, 0, stderr);
        assert.equal(stdout, bytes);
        assert.equal(stderr, '');
      });

      it('answers 137 where the payload was killed', async () => {
        const bundle = await place.bundle(privilege);
        const mark = `killed-${privilege}`;
        const child = place.start(privilege, [
          'run',
          bundle,
          '--',
          '/bin/sh',
          '-c',
          `: ${mark}; echo up; exec sleep 1000`,
        ]);
        const result = ended(child);
        await new Promise((resolve) => child.stdout!.once('data', resolve));
        const pid = await until('the payload', () => payloads(bundle)[0]);
        process.kill(pid, 'SIGKILL');
        assert.equal((await result).code, 137);
      });

      it('answers 127 and names a command that is missing', async () => {
        const bundle = await place.bundle(privilege);
        const { code, stderr } = await place.run(privilege, bundle, ['/bin/absent']);
        assert.equal(code, 127);
        assert.match(stderr, /\/bin\/absent/);
      });

      it('answers 126 for a command that is not executable', async () => {
        const bundle = await place.bundle(privilege);
        const { code, stderr } = await place.run(privilege, bundle, ['/etc/passwd']);
        assert.equal(code, 126);
        assert.match(stderr, /\/etc\/passwd/);
      });

      it('takes a command that looks like an option for a command', async () => {
        const bundle = await place.bundle(privilege);
        const file = path.join(bundle, 'rootfs/bin/--dev-bind');
        writeFileSync(file, '#!/bin/sh\necho ran "$@"\n');
        chmodSync(file, 0o755);
        const { stdout, stderr } = await place.run(privilege, bundle, ['--dev-bind', '/', '/']);
        assert.equal(stdout, 'ran / /\n', stderr);
      });

      it('passes SIGTERM on to the payload', async () => {
        const bundle = await place.bundle(privilege);
        const script = 'trap "echo got it; exit 7" TERM; echo up; while :; do sleep 0.1; done';
        const child = place.start(privilege, ['run', bundle, '--', '/bin/sh', '-c', script]);
        const result = ended(child);
        await new Promise((resolve) => child.stdout!.once('data', resolve));
        process.kill(helperOf(place, bundle), 'SIGTERM');
        const { code, stdout } = await result;
        assert.equal(stdout, 'up\ngot it\n');
        assert.equal(code, 7);
      });

      for (const [point, who, user] of [
        ['notes', 'root inside (16)', { uid: 0, gid: 0 }],
        ['safe', 'root inside (16)', { uid: 0, gid: 0 }],
        ['notes', 'another user inside (17)', { uid: 1000, gid: 1000 }],
      ] as const) {
        it(`is gone with everything in it when the helper is killed (${point}, ${who})`, async () => {
          const bundle = await place.bundle(privilege, point, ({ process }) => {
            process.user = user;
          });
          const child = place.start(privilege, [
            'run',
            bundle,
            '--',
            '/bin/sh',
            '-c',
            'sleep 1000 & echo up; sleep 1000',
          ]);
          const result = ended(child);
          await new Promise((resolve) => child.stdout!.once('data', resolve));
          // The last of them may still be on its way when the line before it is read.
          await until('two processes inside', () => payloads(bundle).length >= 2);
          process.kill(helperOf(place, bundle), 'SIGKILL');
          await result;
          await until('the container’s end', () => payloads(bundle).length === 0);
        });
      }

      it('is gone where it changed its user and the helper was killed, by its monitor (17)', async () => {
        const bundle = await place.bundle(privilege, 'notes');
        appendFileSync(path.join(bundle, 'rootfs/etc/passwd'), 'me:x:1000:1000::/:/bin/sh\n');
        const words = ['/bin/su', 'me', '-c', 'echo up; exec sleep 3013'];
        const child = place.start(privilege, ['run', bundle, '--', ...words]);
        const result = ended(child);
        await new Promise((resolve) => child.stdout!.once('data', resolve));
        await until('it', () => processesWith('sleep 3013').length > 0);
        process.kill(helperOf(place, bundle), 'SIGKILL');
        await until('the end of it', () => processesWith('sleep 3013').length === 0);
        await result;
      });

      it('does not outlive the next start where it changed its user and helper and monitor were killed (17)', async () => {
        const bundle = await place.bundle(privilege, 'notes');
        appendFileSync(path.join(bundle, 'rootfs/etc/passwd'), 'me:x:1000:1000::/:/bin/sh\n');
        const words = ['/bin/su', 'me', '-c', 'echo up; exec sleep 3012'];
        const child = place.start(privilege, ['run', bundle, '--', ...words]);
        const result = ended(child);
        await new Promise((resolve) => child.stdout!.once('data', resolve));
        const sleeping = () =>
          processesWith('sleep 3012').find((pid) => commandLineOf(pid) === 'sleep 3012 ');
        const pid = await until('it', sleeping);
        const [, parent] = /^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
        assert.match(commandLineOf(Number(parent)), /\/terrarium-init-/);
        process.kill(Number(parent), 'SIGSTOP');
        process.kill(helperOf(place, bundle), 'SIGKILL');
        await until('the end of its helper', () => child.exitCode ?? child.signalCode);
        process.kill(Number(parent), 'SIGKILL');
        const { code, stderr } = await place.run(privilege, await place.bundle(privilege), [
          '/bin/true',
        ]);
        assert.equal(code, 0);
        // The signal for its monitor's end is lost with the user that it was (prctl(2)).
        assert.match(
          stderr,
          /^terrarium: Process \d+ had outlived an earlier run, and was killed\.$/m,
        );
        await until('the end of it', () => sleeping() === undefined);
        await result;
      });

      it('reaps an orphan whose parent has ended', async () => {
        const bundle = await place.bundle(privilege);
        const script =
          '(sh -c "sleep 0.2 & exit 0"); sleep 0.6; ps -o stat,comm | grep -c "^Z"; true';
        const { stdout } = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
        assert.equal(stdout, '0\n');
      });

      it('names the step, its command and its own message where a step fails, and undoes the rest', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.mounts.push({ destination: '/mnt', type: 'tmpfs', options: ['no-such=option'] });
        });
        const { code, stdout, stderr } = await place.run(privilege, bundle);
        assert.equal(code, 125);
        assert.equal(stdout, '');
        assert.match(
          stderr,
          /mount -t tmpfs -o no-such=option tmpfs \.\) failed: \/mnt: Invalid argument \(tmpfs: Unknown parameter 'no-such'\)/,
        );
      });

      it('starts without a capability that there is not, and says so', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.process.capabilities = { bounding: ['CAP_KILL', 'CAP_NO_SUCH'] };
        });
        const { code, stdout, stderr } = await place.run(privilege, bundle, [
          ...['/bin/grep', 'CapBnd', '/proc/self/status'],
        ]);
        assert.equal(code, 0);
        assert.equal(stdout, 'CapBnd:\t0000000000000020\n');
        assert.match(
          stderr,
          /bounding\[1\] is not carried out: there is no capability CAP_NO_SUCH/,
        );
      });

      it('names every kind of step that can fail, one after the other', async () => {
        const changes: [RegExp, Parameters<Workplace['bundle']>[2]][] = [
          [
            /wants CAP_KILL to be kept over an exec/,
            // Nothing outside the bounding set becomes inheritable (capabilities(7)).
            (config) =>
              void (config.process.capabilities = { bounding: [], inheritable: ['CAP_KILL'] }),
          ],
          [
            /prlimit.* failed: setrlimit: Operation not permitted/s,
            // More than fs.nr_open, which is the most that root may set (getrlimit(2)).
            ({ process }) =>
              void (process.rlimits = [{ type: 'RLIMIT_NOFILE', soft: 1, hard: 2 ** 40 }]),
          ],
          [/cwd is .* no such folder/, (config) => void (config.process.cwd = '/etc/motd/below')],
          [
            /is not there/,
            (config) =>
              void config.mounts.push({
                destination: '/mnt',
                type: 'bind',
                source: '/no/such/source',
                options: ['bind'],
              }),
          ],
          [
            /not a place inside/,
            (config) => void config.mounts.push({ destination: '/../mnt', type: 'tmpfs' }),
          ],
          [
            /tmpfs of “0”/,
            (config) =>
              void config.mounts.push({ destination: '/mnt', type: 'tmpfs', options: ['size=0'] }),
          ],
          [
            /no mount namespace/,
            (config) =>
              void (config.linux.namespaces = config.linux.namespaces.filter(
                ({ type }) => type !== 'mount',
              )),
          ],
          [
            /would rename this machine/,
            (config) =>
              void (config.linux.namespaces = config.linux.namespaces.filter(
                ({ type }) => type !== 'uts',
              )),
          ],
        ];
        const hostBefore = hostState();
        for (const [expected, change] of changes) {
          const bundle = await place.bundle(privilege, 'notes', change);
          const { code, stderr } = await place.run(privilege, bundle);
          assert.notEqual(code, 0);
          assert.match(stderr, expected);
          await assertSameHost(hostBefore);
        }
      });
    });
  }

  for (const privilege of privileges)
    it(`says which loader is missing, not that the program is (15) (${privilege})`, async () => {
      const bundle = await place.bundle(privilege);
      const copy = path.join(bundle, 'rootfs/bin/dynamic');
      writeFileSync(copy, readFileSync('/usr/bin/true'), { mode: 0o755 });
      const { code, stderr } = await place.run(privilege, bundle, ['/bin/dynamic']);
      assert.notEqual(code, 0);
      assert.match(stderr, /\/\S*(ld-linux|ld-musl)\S*/);
      assert.doesNotMatch(stderr, /not found|No such file|dynamic" does not exist/i);
    });

  it('refuses a rootfs of a foreign architecture by name', async () => {
    const bundle = await place.bundle('root');
    const elf = readFileSync(path.join(bundle, 'rootfs/bin/busybox'));
    elf.writeUInt16LE(22, 18); // e_machine: EM_S390
    writeFileSync(path.join(bundle, 'rootfs/bin/foreign'), elf, { mode: 0o755 });
    const { code, stderr } = await place.run('root', bundle, ['/bin/foreign']);
    assert.equal(code, 126);
    assert.match(stderr, /s390/i);
  });

  describe('a hostile rootfs', () => {
    for (const name of ['proc', 'sys', 'dev']) {
      it(`refuses ${name} that is a symlink, by name (35)`, async () => {
        const bundle = await place.bundle('root', 'safe');
        const target = path.join(bundle, 'rootfs', name);
        rmSync(target, { recursive: true });
        symlinkSync('/etc', target);
        const { code, stderr } = await place.run('root', bundle);
        assert.equal(code, 125);
        assert.match(stderr, new RegExp(`/${name} in its rootfs is a symlink`));
      });
    }

    it('refuses in a script a bind destination that leads out, and makes no file for a dangling one (36, 37)', async () => {
      for (const link of ['/../../etc', '/no/such/place']) {
        const bundle = await place.bundle('root', 'notes', (config) => {
          config.mounts.push({
            destination: '/share/file',
            type: 'bind',
            source: '/etc/hostname',
            options: ['bind'],
          });
        });
        symlinkSync(link, path.join(bundle, 'rootfs/share'));
        const { code, stderr } = await place.runScript('root', bundle);
        assert.notEqual(code, 0);
        assert.match(stderr, /\/share.*symlink/);
      }
    });

    it('never runs its loader, its preload list or its tools with more than its own rights (40)', async () => {
      const bundle = await place.bundle('root', 'safe');
      const rootfs = path.join(bundle, 'rootfs');
      for (const trap of ['umount', 'setpriv', 'mount', 'nsenter', 'pivot_root']) {
        rmSync(path.join(rootfs, 'bin', trap), { force: true });
        writeFileSync(path.join(rootfs, 'bin', trap), '#!/bin/sh\necho trapped >/trapped\n', {
          mode: 0o755,
        });
      }
      writeFileSync(path.join(rootfs, 'etc/ld.so.preload'), '/trap.so\n');
      const { code, stdout } = await place.run('root', bundle, [
        '/bin/sh',
        '-c',
        'ls /trapped 2>/dev/null; echo ok',
      ]);
      assert.equal(code, 0);
      assert.equal(stdout, 'ok\n');
    });

    it('gives config.json’s environment to no program of the host (LD_PRELOAD)', async () => {
      const bundle = await place.bundle('root', 'notes', (config) => {
        config.process.env = ['PATH=/bin', 'LD_PRELOAD=/no/such/library.so', 'LD_DEBUG=libs'];
      });
      const { code, stdout, stderr } = await place.run('root', bundle, [
        '/bin/sh',
        '-c',
        'echo $LD_PRELOAD',
      ]);
      assert.equal(code, 0);
      assert.equal(stdout, '/no/such/library.so\n');
      assert.doesNotMatch(stderr, /ld\.so|preload|find library/);
    });
  });

  for (const privilege of privileges)
    for (const point of ['notes', 'safe'] as const)
      it(`gives the same container when the exported plan is run by hand (${privilege}, ${point})`, async () => {
        const facts = [
          // The limit that nobody sets is that of whoever starts it, and Node raises its own.
          `echo $$; hostname; id; pwd; umask; env | sort${point === 'safe' ? '; ulimit -n' : ''}`,
          'cut -d" " -f4-6 /proc/self/mountinfo',
          'grep -E "^(Cap|NoNew|Uid|Gid|Groups|Seccomp)" /proc/self/status',
          'cat /proc/self/uid_map; ls /dev',
          'for ns in /proc/self/ns/*; do readlink "$ns"; done',
          'exit 9',
        ];
        const bundle = await place.bundle(privilege, point, (config) => {
          config.process.args = ['/bin/sh', '-c', facts.join('; ')];
          // Commands load none, and the script says so.
          delete config.linux.seccomp;
          config.annotations = { ...config.annotations, 'dev.terrarium.remount': 'allowed' };
        });
        const direct = await place.run(privilege, bundle);
        const file = await place.exportedScript(privilege, bundle);
        const child = place.startProgram(privilege, ['sh', file]);
        child.stdin!.end();
        const byHand = await ended(child);
        assert.equal(byHand.code, 9, byHand.stderr);
        // Namespaces made anew have other numbers; those of the host have the same.
        const inode = /^(\w+):\[(\d+)\]$/gm;
        const host = (text: string) =>
          text.replace(inode, (link, type: string) =>
            link === readlinkSync(`/proc/self/ns/${type}`) ? link : `${type}:new`,
          );
        assert.equal(host(byHand.stdout), host(direct.stdout));
      });

  const payloads = (bundle: string) =>
    processesWith('sleep 1000').filter((pid) => !commandLineOf(pid).includes(bundle));
  const helperOf = (where: Workplace, bundle: string) =>
    processesWith(`${where.helper} run ${bundle}`).find((pid) =>
      commandLineOf(pid).startsWith(process.execPath),
    )!;
});

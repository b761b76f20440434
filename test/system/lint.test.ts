/** The rootfs check against the loader itself: what it calls missing, a real loader does not find, and nothing else. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBusybox } from '../../src/core/bundle/busybox';
import { defaultConfigFor } from '../../src/core/bundle/loadBundleOrFolder';
import type { Mount, OciConfig } from '../../src/core/config/schema';
import { checkRootfs } from '../../src/core/rootfs/checkRootfs';
import { messageOf } from '../../src/core/errors';
import type { RootfsFault } from '../../src/core/rootfs/RootfsFault';
import { RootfsCheck } from '../../src/protocol/rootfsCheck';
import { skipBecause } from '../skip';
import { compile } from './compile';

const helper = path.resolve('dist/helper.js');

describe('the check of a rootfs', function () {
  this.timeout(60_000);
  let folder = '';
  let rootfs = '';

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'terrarium-lint-')));
    rootfs = path.join(folder, 'rootfs');
    mkdirSync(rootfs);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const at = (inside: string) => path.join(rootfs, inside);

  function write(inside: string, text: string | Buffer, mode = 0o644): void {
    mkdirSync(path.dirname(at(inside)), { recursive: true });
    writeFileSync(at(inside), text);
    chmodSync(at(inside), mode);
  }

  interface Change {
    readonly env?: readonly string[];
    readonly mounts?: readonly Mount[];
  }

  function check(change: Change = {}, ...places: string[]): Promise<RootfsCheck> {
    const usual = defaultConfigFor(rootfs);
    const config: OciConfig = {
      ...usual,
      process: { ...usual.process, env: [...usual.process.env, ...(change.env ?? [])] },
      mounts: [...(change.mounts ?? usual.mounts)],
    };
    const bundle = { path: rootfs, name: 'rootfs', rootfs, config };
    return checkRootfs(bundle, { ...(places.length > 0 && { places }), sameIds: true });
  }

  async function faults(change: Change = {}, ...places: string[]): Promise<readonly RootfsFault[]> {
    return (await check(change, ...places)).faults as readonly RootfsFault[];
  }

  /** As the command line has it. */
  function lint(...words: string[]): RootfsCheck {
    const { status, stdout, stderr } = spawnSync(process.execPath, [helper, 'lint', ...words], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    assert.equal(status, 0, stderr);
    return RootfsCheck.parse(JSON.parse(stdout));
  }

  const codesOf = (found: readonly RootfsFault[], inside?: string) =>
    found.filter((fault) => inside === undefined || fault.path === inside).map(({ code }) => code);

  describe('of programs of glibc', () => {
    let libc = '';
    let loader = '';

    beforeEach(function () {
      const where = spawnSync('cc', ['-print-file-name=libc.so.6'], { encoding: 'utf8' });
      if (where.status !== 0) skipBecause(this, 'no C compiler here');
      libc = realpathSync(where.stdout.trim());
      build(
        'int second(void) { return 0; }',
        '-shared',
        '-fPIC',
        '-Wl,-soname,libsecond.so.1',
        '-o',
        'libsecond.so.1',
      );
      build(
        'int second(void); int first(void) { return second(); }',
        '-shared',
        '-fPIC',
        '-Wl,-soname,libfirst.so.1',
        '-o',
        'libfirst.so.1',
        path.join(folder, 'libsecond.so.1'),
      );
      build('int main(void) { return 0; }', '-o', 'plain');
      const headers = spawnSync('readelf', ['-l', path.join(folder, 'plain')], {
        encoding: 'utf8',
      });
      loader = /interpreter: (.*)\]/.exec(headers.stdout)?.[1] ?? '';
      mkdirSync(at(path.dirname(loader)), { recursive: true });
      copyFileSync(realpathSync(loader), at(loader));
      mkdirSync(at('/lib'), { recursive: true });
      copyFileSync(libc, at('/lib/libc.so.6'));
      mkdirSync(at('/proc'));
    });

    function build(source: string, ...words: string[]): void {
      const named = words.map((word, index) =>
        words[index - 1] === '-o' ? path.join(folder, word) : word,
      );
      const { status, stderr } = spawnSync('cc', ['-x', 'c', '-', '-x', 'none', ...named], {
        input: source,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    }

    /** @param words for the linker */
    function program(...words: string[]): void {
      const libraries = ['libfirst.so.1', 'libsecond.so.1'].map((name) => path.join(folder, name));
      build(
        'int first(void); int main(void) { return first(); }',
        ...['-o', 'program', libraries[0]!, `-Wl,-rpath-link,${folder}`, ...words],
      );
      mkdirSync(at('/bin'), { recursive: true });
      copyFileSync(path.join(folder, 'program'), at('/bin/program'));
    }

    function library(name: string, inside: string): void {
      mkdirSync(at(inside), { recursive: true });
      copyFileSync(path.join(folder, name), path.join(at(inside), name));
    }

    // The loader has $ORIGIN of /proc/self/exe.
    const script = 'mount -t proc proc "$0/proc" && exec chroot "$0" /bin/program';

    /** What the loader itself says, and what the check does. */
    async function compare(env: readonly string[] = []): Promise<readonly RootfsFault[]> {
      const ran = spawnSync(
        'unshare',
        [...['--mount', '--pid', '--fork', 'sh', '-c', script], rootfs],
        {
          env: {
            PATH: '/usr/sbin:/usr/bin',
            ...Object.fromEntries(env.map((one) => one.split('=') as [string, string])),
          },
          encoding: 'utf8',
        },
      );
      const found = (await faults({ env })).filter(({ path: of }) => of === '/bin/program');
      const unfound = /libraries: (\S+): cannot open/.exec(ran.stderr)?.[1];
      assert.equal(found.length === 0, ran.status === 0, `${ran.stderr}${JSON.stringify(found)}`);
      if (unfound !== undefined) assert.ok(found[0]!.message.includes(unfound), found[0]!.message);
      return found;
    }

    it('finds them in the usual folders, and misses what is not there', async () => {
      program();
      assert.deepEqual(codesOf(await compare()), ['library-missing']);
      library('libfirst.so.1', '/lib');
      assert.match(
        (await compare())[0]!.message,
        /^\/lib\/libfirst\.so\.1 needs libsecond\.so\.1,/,
      );
      library('libsecond.so.1', '/usr/lib');
      await compare();
      rmSync(at('/lib/libc.so.6'));
      assert.match((await compare())[0]!.message, /libc\.so\.6/);
    });

    it('follows RUNPATH for a file itself, and RPATH for what is below, too', async () => {
      program('-Wl,--enable-new-dtags,-rpath,$ORIGIN/../app');
      library('libfirst.so.1', '/app');
      library('libsecond.so.1', '/app');
      assert.match((await compare())[0]!.message, /libsecond/);
      program('-Wl,--disable-new-dtags,-rpath,$ORIGIN/../app');
      assert.deepEqual(await compare(), []);
    });

    it('takes LD_LIBRARY_PATH of config.json', async () => {
      program();
      library('libfirst.so.1', '/opt/app');
      library('libsecond.so.1', '/opt/app');
      assert.equal((await compare()).length, 1);
      assert.deepEqual(await compare(['LD_LIBRARY_PATH=/opt/app']), []);
    });

    it('knows that a folder of ld.so.conf counts once ldconfig has run', async () => {
      program();
      library('libfirst.so.1', '/opt/app');
      library('libsecond.so.1', '/opt/app');
      write('/etc/ld.so.conf', 'include /etc/ld.so.conf.d/*.conf\n');
      write('/etc/ld.so.conf.d/app.conf', '# ours\n/opt/app\n');
      assert.deepEqual(codesOf(await compare()), ['library-uncached']);
      const { status, stderr } = spawnSync('/sbin/ldconfig', ['-r', rootfs], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.deepEqual(await compare(), []);
    });

    it('passes over a library for another machine, as the loader does', async () => {
      program();
      library('libsecond.so.1', '/lib');
      library('libfirst.so.1', '/lib');
      const foreign = readFileSync(at('/lib/libfirst.so.1'));
      foreign.writeUInt16LE(243, 18); // EM_RISCV
      write('/lib/libfirst.so.1', foreign);
      assert.deepEqual(codesOf(await faults(), '/bin/program'), ['library-foreign']);
      library('libfirst.so.1', '/usr/lib');
      assert.deepEqual(codesOf(await faults(), '/bin/program'), []);
    });

    it('says nothing of a library that somebody has a lease on', async function () {
      program();
      library('libfirst.so.1', '/lib');
      const holder = path.join(folder, 'lease');
      compile(this, 'lease.c', holder);
      const child = spawn(holder, [at('/lib/libfirst.so.1')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        const [word] = (await once(child.stdout, 'data')) as [Buffer];
        assert.equal(String(word), 'leased\n');
        assert.deepEqual(codesOf(await faults(), '/bin/program'), []);
      } finally {
        const ended = once(child, 'close');
        child.kill('SIGKILL');
        await ended;
      }
      assert.deepEqual(codesOf(await faults(), '/bin/program'), ['library-missing']);
    });

    it('names a loader that is missing, and a program for another machine', async () => {
      program();
      library('libfirst.so.1', '/lib');
      library('libsecond.so.1', '/lib');
      copyFileSync(at('/bin/program'), at('/bin/sh'));
      const foreign = readFileSync(at('/bin/program'));
      foreign.writeUInt16LE(243, 18);
      write('/bin/other', foreign, 0o755);
      assert.deepEqual(codesOf(await faults(), '/bin/other'), ['program-foreign']);
      renameSync(at(loader), at('/loader'));
      const found = await faults();
      assert.deepEqual(codesOf(found, '/bin/program'), ['loader-missing']);
      assert.ok(found.find(({ path: of }) => of === '/bin/program')!.message.includes(loader));
    });
  });

  describe('of other files', () => {
    beforeEach(async function () {
      const { path: busybox } = await findBusybox().catch((error: unknown) =>
        skipBecause(this, messageOf(error)),
      );
      write('/bin/busybox', readFileSync(busybox), 0o755);
      symlinkSync('busybox', at('/bin/sh'));
      write('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
      write('/etc/group', 'root:x:0:\n');
    });

    it('finds nothing in a plain one', async () => {
      symlinkSync('/proc/self/mounts', at('/etc/mtab'));
      symlinkSync('../run/resolv.conf', at('/etc/resolv.conf'));
      assert.deepEqual(await faults(), []);
    });

    it('names scripts whose interpreter is missing, or ends with CR', async () => {
      write('/bin/good', '#!/bin/sh -e\n', 0o755);
      write('/bin/bad', '#!/usr/bin/python3\n', 0o755);
      write('/bin/windows', '#!/bin/sh\r\necho\r\n', 0o755);
      write('/bin/windows-e', '#!/bin/sh -e\r\necho\r\n', 0o755);
      symlinkSync('busybox', at('/bin/env'));
      write('/bin/named', '#!/bin/env perl\n', 0o755);
      write('/bin/text', '#!/nowhere\n', 0o644);
      const found = await faults();
      assert.deepEqual(found.map(({ path: of, code }) => `${of} ${code}`).sort(), [
        '/bin/bad interpreter-missing',
        '/bin/named interpreter-missing',
        '/bin/windows script-crlf',
        '/bin/windows-e script-crlf',
      ]);
    });

    it('names links that lead nowhere inside, the last one of a chain', async () => {
      symlinkSync('b', at('/a'));
      symlinkSync('/etc/hostname-of-the-machine', at('/b'));
      symlinkSync('/etc/passwd', at('/inside'));
      symlinkSync('../../../../etc/passwd', at('/up'));
      assert.deepEqual(
        (await faults()).map(({ path: of, code }) => `${of} ${code}`),
        ['/b link-dangling'],
      );
    });

    it('names what everybody may change, and owners without a name', async () => {
      write('/etc/open', '');
      chmodSync(at('/etc/open'), 0o666);
      mkdirSync(at('/var/spool'), { recursive: true });
      chmodSync(at('/var/spool'), 0o777);
      mkdirSync(at('/var/sticky'));
      chmodSync(at('/var/sticky'), 0o1777);
      write('/etc/foreign', '');
      chownSync(at('/etc/foreign'), 4711, 0);
      const found = await faults();
      assert.deepEqual(found.map(({ path: of, code }) => `${of} ${code}`).sort(), [
        '/etc/open world-writable',
        '/etc/passwd owner-unnamed',
        '/var/spool world-writable',
      ]);
      assert.match(found.at(-1)!.message, /user 4711.*\/etc\/foreign/);
    });

    it('names a mount point that is a file, and a program that config.json cannot start', async () => {
      write('/data', '');
      rmSync(at('/bin/sh'));
      rmSync(at('/etc/passwd'));
      const found = await faults({
        mounts: [{ destination: '/data/below', type: 'tmpfs', source: 'tmpfs', options: [] }],
      });
      assert.deepEqual(codesOf(found).sort(), [
        'command-unfit',
        'mount-point-blocked',
        'owner-unnamed',
        'passwd-missing',
        'shell-missing',
      ]);
    });

    it('counts what may not be read, and says nothing of it', async function () {
      if (process.geteuid!() !== 0) skipBecause(this, 'only root can be another user for a while');
      write('/bin/secret', '#!/nowhere\n', 0o711);
      mkdirSync(at('/closed'), { mode: 0o700 });
      chmodSync(folder, 0o755);
      const usual = defaultConfigFor(rootfs);
      const bundle = { path: rootfs, name: 'rootfs', rootfs, config: usual };
      process.seteuid!(4711);
      try {
        const { faults: found, closed } = await checkRootfs(bundle, { sameIds: false });
        assert.deepEqual(found, []);
        assert.deepEqual([closed.count, [...closed.names].sort()], [2, ['/bin/secret', '/closed']]);
      } finally {
        process.seteuid!(0);
      }
    });

    it('names links that lead back to themselves', async () => {
      symlinkSync('loop', at('/loop'));
      symlinkSync('two', at('/one'));
      symlinkSync('/one', at('/two'));
      symlinkSync('one', at('/before'));
      assert.deepEqual((await faults()).map(({ path: of, code }) => `${of} ${code}`).sort(), [
        '/loop link-dangling',
        '/one link-dangling',
        '/two link-dangling',
      ]);
    });

    it('tells file capabilities by name', function () {
      write('/bin/ping', readFileSync(at('/bin/busybox')), 0o755);
      write('/bin/plain', '#!/bin/sh\n', 0o755);
      const value = '0100000200200000000000000000000000000000';
      const set = spawnSync('setfattr', [
        ...['-n', 'security.capability', '-v', `0x${value}`, at('/bin/ping')],
      ]);
      if (set.error || set.status !== 0)
        skipBecause(this, 'no file can be given capabilities here');
      const marks = lint('--folder', rootfs).marks.filter(({ kind }) => kind === 'capabilities');
      assert.deepEqual(marks, [
        { kind: 'capabilities', path: '/bin/ping', text: 'cap_net_raw=ep' },
      ]);
      assert.deepEqual(lint('--folder', rootfs, '/bin/ping', '/bin/plain').marks, marks);
    });

    it('is held by nothing that a hostile rootfs has', async () => {
      for (const name of ['/bin/fifo\n.sh', '/bin/ld-linux.so']) {
        const made = spawnSync('mkfifo', ['-m', '0777', at(name)]);
        assert.equal(made.status, 0, String(made.stderr));
      }
      const device = spawnSync('mknod', ['-m', '0755', at('/bin/null.sh'), 'c', '1', '3']);
      write('/bin/through\u001b[31m', '#!/bin/fifo\n.sh\n', 0o755);
      write('/bin/missing', '#!/no\u001b[31m\u202esuch\n', 0o755);
      write('/bin/huge', Buffer.from('#!/nowhere\n'), 0o755);
      truncateSync(at('/bin/huge'), 4 * 1024 ** 3);
      write('/bin/huge.elf', readFileSync(at('/bin/busybox')), 0o755);
      truncateSync(at('/bin/huge.elf'), 4 * 1024 ** 3);
      write('/etc/ld.so.conf', 'include ld.so.conf\ninclude /etc/*\n'.repeat(10));
      symlinkSync('/etc', at('/etc/etc'));
      const { faults: found, marks } = await check();
      assert.deepEqual(found.map(({ path: of, code }) => `${of} ${code}`).sort(), [
        '/bin/huge interpreter-missing',
        '/bin/missing interpreter-missing',
        '/bin/through\u001b[31m interpreter-missing',
      ]);
      // eslint-disable-next-line no-control-regex -- what must not be there
      for (const { message } of found) assert.doesNotMatch(message, /[\u0000-\u001f\u202e]/);
      const devices = marks.filter(({ kind }) => kind === 'device').map(({ path: of }) => of);
      if (device.status === 0) assert.deepEqual(devices, ['/bin/null.sh']);
    });

    it('goes into no mount below, and looks at no file that is one', () => {
      mkdirSync(at('/data'));
      write('/etc/notes', '');
      const script = 'mount --bind "$0/etc/$1" "$0$2" && shift 2 && exec "$@" "$0"';
      for (const [from, to] of [
        ['passwd', '/etc/notes'],
        ['', '/data'],
      ] as const) {
        const { status, stderr } = spawnSync(
          'unshare',
          [
            ...['--mount', 'sh', '-c', script, rootfs, from, to],
            ...[process.execPath, helper, 'lint', '--folder'],
          ],
          { encoding: 'utf8' },
        );
        assert.equal(status, 125, stderr);
        assert.match(stderr, new RegExp(`Something is mounted at ${path.basename(to)}`));
      }
    });

    it('finds the same where the process goes into each folder', async () => {
      write('/opt/a/bad', '#!/usr/bin/python3\n', 0o755);
      write('/opt/a/open', '', 0o666);
      write('/opt/b/deep/setuid', '', 0o4711);
      chmodSync(at('/opt/a/open'), 0o666);
      chmodSync(at('/opt/b/deep/setuid'), 0o4711);
      symlinkSync('bad', at('/opt/a/neighbour'));
      symlinkSync('none', at('/opt/a/nowhere'));
      symlinkSync('../b/deep', at('/opt/a/beside'));
      symlinkSync('/opt', at('/opt/b/absolute'));
      const odd = Buffer.concat([Buffer.from(at('/opt/b/')), Buffer.from([0xff])]);
      symlinkSync('none', odd);
      const { faults: found, marks, ...rest } = await check();
      assert.deepEqual(lint('--folder', rootfs), { faults: found, marks, ...rest });
      assert.deepEqual(found.map(({ path: of, code }) => `${of} ${code}`).sort(), [
        '/opt/a/bad interpreter-missing',
        '/opt/a/nowhere link-dangling',
        '/opt/a/open world-writable',
      ]);
      assert.deepEqual(marks.map(({ path: of, kind }) => `${of} ${kind}`).sort(), [
        '/opt/b/absolute absolute-link',
        '/opt/b/deep/setuid setuid',
      ]);
    });

    it('looks at some places alone, and tells which are not there', async () => {
      write('/bin/bad', '#!/usr/bin/python3\n', 0o755);
      write('/opt/worse', '#!/usr/bin/perl\n', 0o755);
      const some = await check({}, '/bin/bad', '/opt', '/gone', '/bin/bad/below');
      assert.deepEqual(codesOf(some.faults as RootfsFault[]), [
        'interpreter-missing',
        'interpreter-missing',
      ]);
      assert.deepEqual(some.missing, ['/gone', '/bin/bad/below']);
    });

    it('looks at one file alone, and never behind a link', async () => {
      write('/bin/bad', '#!/usr/bin/python3\n', 0o755);
      write('/bin/worse', '#!/usr/bin/perl\n', 0o755);
      assert.deepEqual(codesOf(await faults({}, '/bin/bad')), ['interpreter-missing']);
      symlinkSync(folder, at('/out'));
      assert.deepEqual((await check({}, '/out/rootfs')).missing, ['/out/rootfs']);
    });
  });
});

/**
 * `process.env` arrives as it is written, whatever its names mean to the shell that hands it over:
 * with dash and with bash as /bin/sh.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findTool } from '../../src/helper/host/hostTools';
import { skipBecause } from '../skip';
import {
  type Ended,
  type TestPrivilege,
  Workplace,
  ended,
  privileges,
  usePlace,
} from './containers';

/** Names that init.sh has used, and what dash, bash or BusyBox give a meaning or a type. */
const special =
  `chroot program bash cwd word env n i index UID EUID PWD OLDPWD IFS PS1 PS2 PS4 RANDOM
  SECONDS LINENO BASHPID EPOCHSECONDS EPOCHREALTIME SRANDOM GROUPS FUNCNAME FUNCNEST DIRSTACK BASH
  BASH_ARGV0 BASH_COMMAND BASH_SUBSHELL BASH_COMPAT BASH_XTRACEFD BASH_ENV ENV BASH_ALIASES BASH_CMDS
  BASH_VERSION POSIXLY_CORRECT LC_ALL LC_CTYPE LANG NLSPATH TZ HOME MAIL MAILPATH TMOUT HISTSIZE
  HISTCMD EXECIGNORE GLOBIGNORE OPTERR OPTARG CDPATH COMP_WORDBREAKS LINES COLUMNS MACHTYPE HOSTNAME
  REPLY MAPFILE LD_PRELOAD LD_LIBRARY_PATH GLIBC_TUNABLES`.split(/\s+/);

/** What bash lets nobody set; the rest can be handed on by it. */
const reserved =
  'PPID BASHOPTS SHELLOPTS BASH_VERSINFO BASH_ARGC BASH_ARGV BASH_SOURCE BASH_LINENO PIPESTATUS _'.split(
    ' ',
  );

const noNamesOfShells = ['discovery.type=single-node', 'with-dash=1', '1st=x', '-i=y', 'ä=ö'];
/** Of root in the rootfs's etc/passwd, where process.env has none. */
const home = 'HOME=/root';
const functions = 'BASH_FUNC_cd%%=() { touch /ran; }';

// BusyBox: release.test.ts, without a container (Debian’s runs its own mount instead of util-linux’s).
const shells = ['dash', 'bash'];
const starts = ['script', 'program'];

describe('the variables of process.env', function () {
  this.timeout(180_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));
  afterEach(() => (place.prefix = []));

  /** Runs `cat /proc/self/environ FILE...` as PID 1 where that shell is /bin/sh. */
  async function run(
    shell: string,
    privilege: TestPrivilege,
    env: readonly string[],
    { chroot = false, files = [] as readonly string[], start = 'program' } = {},
  ): Promise<Ended> {
    const bundle = await place.bundle(privilege, 'notes', (config) => {
      config.process.args = ['/bin/cat', '/proc/self/environ', ...files];
      config.process.env = [...env];
      if (chroot) config.annotations = { 'dev.terrarium.root': 'chroot' };
    });
    writeFileSync(path.join(bundle, 'rootfs/marker'), 'of the rootfs');
    const bind = 'mount --bind "$1" "$(readlink -f /bin/sh)" && shift && exec "$@"';
    place.prefix = ['unshare', '--mount', 'sh', '-c', bind, 'sh', findTool(shell)!];
    return start === 'script' ? place.runScript(privilege, bundle) : place.run(privilege, bundle);
  }

  const list = (environ: string) => environ.split('\0').slice(0, -1).sort();

  for (const shell of shells) {
    for (const privilege of privileges)
      it(`arrive as they are written where ${shell} is /bin/sh (${privilege})`, async function () {
        if (!findTool(shell)) skipBecause(this, `there is no ${shell}`);
        for (const value of ['abc', '1000', '']) {
          const env = [...special.map((name) => `${name}=${value}`), 'PATH=/bin', 'OPTIND=3'];
          for (const start of starts) {
            const { stdout, stderr } = await run(shell, privilege, [...env, 'SHLVL=4'], { start });
            assert.deepEqual(list(stdout), [...env, 'SHLVL=4'].sort(), stderr);
            assert.doesNotMatch(stderr, /bash|sh:|locale/);
          }
        }
      });

    it(`arrive where their names are none of a shell’s, and ${shell} is /bin/sh`, async function () {
      if (!findTool(shell)) skipBecause(this, `there is no ${shell}`);
      const env = [...noNamesOfShells, functions, 'OPTIND=abc', 'UID=7', 'PATH=/bin'];
      for (const privilege of privileges) {
        for (const start of starts) {
          const { stdout, stderr } = await run(shell, privilege, env, { start });
          assert.deepEqual(list(stdout), [...env, home].sort(), stderr);
        }
      }
    });

    it(`arrive, or are named, where bash keeps them for itself and ${shell} is /bin/sh`, async function () {
      if (!findTool(shell)) skipBecause(this, `there is no ${shell}`);
      for (const name of [...reserved, 'SHLVL']) {
        const { code, stdout, stderr } = await run(shell, 'root', [`${name}=abc`], {
          start: 'script',
        });
        if (shell !== 'bash') assert.deepEqual(list(stdout), [home, `${name}=abc`].sort(), stderr);
        else {
          assert.notEqual(code, 0, stderr);
          assert.match(
            stderr,
            new RegExp(`Failed: process.env sets what bash keeps for itself: ${name}`),
          );
        }
      }
    });

    it(`do not lead a start by hand elsewhere where ${shell} is /bin/sh`, async function () {
      if (!findTool(shell)) skipBecause(this, `there is no ${shell}`);
      const env = [
        ...['chroot=/', 'program=/bin/echo', 'bash=', 'env=/bin/echo', 'word=--', 'PATH=/nowhere'],
        ...['UID=5', 'PPID=5', 'OPTIND=abc', ...noNamesOfShells],
      ];
      const files = ['/marker'];
      const { stdout, stderr } = await run(shell, 'root', env, { chroot: true, files });
      const [marker] = /of the rootfs$/.exec(stdout) ?? assert.fail(stdout + stderr);
      assert.deepEqual(list(stdout.slice(0, -marker.length)), [...env, home].sort(), stderr);
    });
  }

  for (const privilege of privileges)
    it(`arrive in their order whatever their names, by terrarium-init (${privilege})`, async () => {
      const names = [...reserved, ...special, 'LD_PRE.LOAD', 'SHLVL', 'with space', 'A'];
      const env = [...names.map((name) => `${name}=abc`), ...noNamesOfShells, functions, 'A=twice'];
      const { stdout, stderr } = await run('bash', privilege, env);
      assert.deepEqual(stdout.split('\0').slice(0, -1), env, stderr);
    });

  for (const privilege of privileges)
    it(`have the HOME of PID 1's user where none is set (${privilege})`, async () => {
      const homes: [uid: number, env: string[], home: string][] = [
        [0, [], '/root'],
        [7, [], '/home/seven'],
        [8, [], ''], // its line has an empty one, which runc and crun give it too
        [9, [], '/'], // it has no line
        [7, ['HOME='], ''], // as crun; runc takes an empty one for none
        [7, ['HOME=/elsewhere'], '/elsewhere'],
      ];
      for (const [uid, env, expected] of homes) {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.process.user = { uid, gid: 0 };
          config.process.args = ['/bin/sh', '-c', 'echo "<$HOME>"'];
          config.process.env = ['PATH=/bin', ...env];
        });
        writeFileSync(
          path.join(bundle, 'rootfs/etc/passwd'),
          'root:x:0:0::/root:/bin/sh\nseven:x:7:7::/home/seven:/bin/sh\neight:x:8:8:::/bin/sh\n',
        );
        const { stdout, stderr } = await place.run(privilege, bundle);
        assert.equal(stdout, `<${expected}>\n`, `${uid} ${env.join()} ${stderr}`);
      }
    });

  it('are not shown to a program of this machine that could obey them', async () => {
    const bundle = await place.bundle('root', 'notes', (config) => {
      config.process.env = ['LD_PRE.LOAD=/x'];
    });
    const { code, stderr } = await ended(place.start('root', ['plan', bundle]));
    assert.notEqual(code, 0);
    assert.match(stderr, /LD_PRE\.LOAD.*cannot be set without showing it to programs/);
  });
});

/** The script that hands over, run by itself in each of the shells that can be /bin/sh. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import initScript from '../../../../src/core/sequence/init.sh';
import { bashAlone } from '../../../../src/core/sequence/step';
import { findTool } from '../../../../src/helper/host/hostTools';
import { skipBecause } from '../../../skip';

const shells: readonly (readonly [string, ...string[]])[] = [
  ...[['dash'] as const, ['bash'] as const, ['bash', '--posix'] as const],
  ['bash', ...bashAlone],
  ['busybox', 'sh'],
];

/** Its pipes, from this one's: reports to standard output, the word from standard input. */
const pipes = 'exec 3>&1 4<&0 6>&2 </dev/null; exec "$@"';

function runInit(
  [name, ...options]: readonly [string, ...string[]],
  words: string[],
  said = 'go\n',
) {
  const shell = [findTool(name)!, ...options];
  const argv = ['-c', pipes, 'sh', ...shell, '-c', initScript, 'sh', ...words];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
  return spawnSync('/bin/sh', argv, { input: said, env, encoding: 'utf8' });
}

describe('init.sh', () => {
  for (const shell of shells) {
    it(`hands over the variables and nothing else (${shell.join(' ')})`, function () {
      if (!findTool(shell[0])) skipBecause(this, `there is no ${shell[0]}`);
      const env = ['cwd=/x', 'chroot=/', 'bash=1', 'word=no', 'IFS=o', 'RANDOM=x', 'SHLVL=1'];
      if (shell[0] !== 'bash')
        env.push('UID=7', 'PPID=x', 'SHELLOPTS=xtrace', '_=x', 'BASH_VERSION=5');
      const variables = env;
      const { stdout, stderr } = runInit(shell, [
        ...['/', '0022', ...variables, '--', '/bin/cat', '/proc/self/environ'],
      ]);
      assert.equal(stderr, '');
      const [, environ] = stdout.split('ready\n');
      assert.deepEqual(environ!.split('\0').slice(0, -1).sort(), variables.sort());
    });

    it(`does nothing without its word (${shell.join(' ')})`, function () {
      if (!findTool(shell[0])) skipBecause(this, `there is no ${shell[0]}`);
      const words = ['/', '', '--', '/bin/echo', 'ran'];
      for (const said of ['', 'g', 'stop\n', 'go']) {
        const { status, stdout } = runInit(shell, words, said);
        assert.deepEqual([status, stdout], [125, 'ready\n'], JSON.stringify(said));
      }
      assert.equal(runInit(shell, words).stdout, 'ready\nran\n');
    });

    it(`says that it cannot go to the folder (${shell.join(' ')})`, function () {
      if (!findTool(shell[0])) skipBecause(this, `there is no ${shell[0]}`);
      const words = ['/no/such', '', 'PATH=/bin', '--', '/bin/echo', 'ran'];
      const { status, stdout, stderr } = runInit(shell, words);
      assert.deepEqual([status, stdout], [125, 'ready\n']);
      assert.match(stderr, /^terrarium: process\.cwd is \/no\/such, .* correct process\.cwd .*\n$/);
    });

    // BusyBox' exec takes it for an option, and other versions of it "--" for the name.
    if (shell[0] === 'busybox') continue;
    it(`takes a leading dash for the payload’s own name (${shell.join(' ')})`, function () {
      if (!findTool(shell[0])) skipBecause(this, `there is no ${shell[0]}`);
      const { status, stderr } = runInit(shell, ['/', '', 'PATH=/bin', '--', '-x']);
      assert.equal(status, 127);
      assert.match(stderr, /-x: not found/);
    });
  }

  it('names a variable that bash keeps for itself, before it is ready', function () {
    if (!findTool('bash')) skipBecause(this, 'there is no bash');
    for (const name of ['PPID', 'SHELLOPTS', '_', 'BASH_ARGC']) {
      const { status, stdout } = runInit(['bash'], ['/', '', `${name}=1`, '--', '/bin/echo']);
      assert.deepEqual([status, stdout], [125, `refuse variable ${name}\n`]);
    }
  });
});

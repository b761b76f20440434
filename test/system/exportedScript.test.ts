/** `helper.js plan`: a script that runs by hand, and keeps what is its caller's from the container. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { findTool } from '../../src/helper/host/hostTools';
import { skipBecause } from '../skip';
import {
  type Ended,
  type TestPrivilege,
  Workplace,
  commandLineOf,
  ended,
  privileges,
  processesWith,
  until,
  usePlace,
} from './containers';
import { prefixFor } from './useEngine';

describe('the exported script', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  afterEach(() => (place.prefix = []));

  /** @returns the file with the script */
  async function exported(
    privilege: TestPrivilege,
    change: (config: OciConfig) => void = () => undefined,
  ): Promise<string> {
    return place.exportedScript(privilege, await place.bundle(privilege, 'notes', change));
  }

  const payload =
    (...args: [string, ...string[]]) =>
    (config: OciConfig) => {
      config.process.args = args;
    };

  function run(privilege: TestPrivilege, ...program: string[]): Promise<Ended> {
    const child = place.startProgram(privilege, program);
    child.stdin!.end();
    return ended(child);
  }

  /** Runs it in a shell on a terminal, which first says its session and its terminal. */
  function onTerminal(privilege: TestPrivilege, file: string): ChildProcess {
    const command = `cut -d' ' -f6,7 /proc/self/stat; exec sh ${file}`;
    return place.startProgram(privilege, [
      ...['script', '--quiet', '--return', '--command', command, '/dev/null'],
    ]);
  }

  const hasMounted = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes('/rootfs/many/0 ');
    } catch {
      return false; // it has ended
    }
  };

  for (const privilege of ['root', 'rootless'] as const) {
    it(`has a terminal of its own, with job control (${privilege})`, async () => {
      const file = await exported(privilege, payload('/bin/sh'));
      const child = onTerminal(privilege, file);
      let shown = '';
      child.stdout!.setEncoding('utf8').on('data', (text: string) => (shown += text));
      const done = new Promise((resolve) => child.once('close', resolve));
      const type = async (line: string, answer: RegExp) => {
        child.stdin!.write(line);
        return until(`${answer.source} in ${shown}`, () => answer.exec(shown) ?? undefined);
      };
      const [, session, terminal] = await until(
        'the caller',
        () => /^(\d+) (\d+)/m.exec(shown) ?? undefined,
      );
      assert.ok(Number(session) > 0);
      const [, inside] = await type('echo t$(cut -d" " -f7 /proc/1/stat)t\r', /^t(\d+)t/m);
      assert.notEqual(inside, terminal);
      assert.notEqual(inside, '0');
      await type('echo sl""eeps; sleep 1000\r', /^sleeps/m);
      await until('sleep', () => processesWith('sleep 1000').length > 0);
      await type('\x03', /\^C/);
      await type('echo st""atus $?\r', /^status 130/m);
      child.stdin!.write('exit 7\r');
      assert.equal(await done, 7);
    });

    it(`has no terminal of its caller’s where its input is none (${privilege})`, async () => {
      const words = 'cut -d" " -f7 /proc/1/stat; exit 5';
      const file = await exported(privilege, payload('/bin/sh', '-c', words));
      const child = onTerminal(privilege, `${file} </dev/null`);
      const { code, stdout } = await ended(child);
      assert.match(stdout, /\r\n0\r\n$/);
      assert.equal(code, 5);
    });

    it(`ends with who has started it (${privilege})`, async () => {
      const file = await exported(privilege, payload('/bin/sleep', '1234'));
      const child = place.startProgram(privilege, ['sh', file]);
      const sleeping = () =>
        processesWith('sleep 1234').filter((pid) => commandLineOf(pid).startsWith('/bin/sleep'));
      await until('the payload', () => sleeping().length > 0);
      child.kill('SIGINT');
      await until('its end', () => sleeping().length === 0);
    });

    it(`ends with who has started it while that is a zombie (${privilege})`, async () => {
      const file = await exported(privilege, (config) => {
        payload('/bin/sleep', '1234')(config);
        // A start that takes its time.
        for (let one = 0; one < 300; one++)
          config.mounts.push({ destination: `/many/${one}`, type: 'tmpfs', source: 'tmpfs' });
      });
      // Its PID 1 takes no zombie away.
      const apart = ['unshare', '--pid', '--fork', '--kill-child', '--mount', '--mount-proc'];
      place.prefix = [...apart, 'sh', '-c', '"$@" & exec sleep 4321', 'sh'];
      const child = place.startProgram(privilege, ['sh', file]);
      const involved = () => processesWith('sleep 1234'); // unshare, and what it started
      // Whoever is root inside by then has lost the signal that unshare asked for, and asks last for another.
      await until('its first mounts', () => involved().some((pid) => hasMounted(pid)));
      const [starter] = processesWith('setsid --fork').filter((pid) =>
        commandLineOf(pid).startsWith('setsid'),
      );
      process.kill(starter!, 'SIGTERM');
      await until('its end', () => involved().length === 0);
      child.kill('SIGKILL');
    });

    it(`leaves no descriptor of its caller’s to the container (${privilege})`, async function () {
      if (!findTool('bash')) skipBecause(this, 'there is no bash');
      const words = ['bash', '-c', 'exec 7</etc 20</etc 123</; exec sh "$@"', 'sh'];
      const file = await exported(privilege, payload('/bin/sh', '-c', 'ls /proc/1/fd; exit 0'));
      // The shell of the payload is PID 1; ls is a child.
      assert.equal((await run(privilege, ...words, file)).stdout, '0\n1\n2\n');
      const at = await exported(privilege, (config) => {
        config.process.cwd = '/proc/self/fd/20';
      });
      assert.equal((await run(privilege, ...words, at)).code, 125);
    });
  }

  for (const startingPoint of ['notes', 'safe'] as const)
    it(`is the same for root, whoever makes it (${startingPoint})`, async () => {
      const bundle = await place.bundle('rootless', startingPoint);
      const planned = async (privilege: TestPrivilege, ...options: string[]) => {
        const { code, stdout, stderr } = await ended(
          place.start(privilege, ['plan', ...options, '--bundle', bundle]),
        );
        assert.equal(code, 0, stderr);
        return stdout;
      };
      const byPerson = await planned('rootless', '--privilege', 'root');
      assert.equal(byPerson, await planned('sudo'));
      assert.match(byPerson, /^# It was made for root/m);
      const command = (script: string) => /^ *exec .*unshare .*/m.exec(script)![0];
      // Where the file asks for users, root becomes the person who makes them.
      const [asks, becomes] = [/--user\b/, /--reuid=/].map((one) => one.test(command(byPerson)));
      assert.deepEqual([asks, becomes], Array(2).fill(startingPoint === 'safe'));
      const rootless = await planned('rootless', '--privilege', 'rootless');
      assert.equal(rootless, await planned('rootless'));
      assert.match(command(rootless), /^ *exec unshare .*--user\b/);
    });

  it('is planned rootless by the user alone, and with no other privilege', async () => {
    const bundle = await place.bundle('rootless', 'notes');
    const asRoot = await ended(place.start('root', ['plan', '--privilege', 'rootless', bundle]));
    assert.deepEqual([asRoot.code, asRoot.stdout], [125, '']);
    assert.match(asRoot.stderr, /cannot be planned as root\..* without sudo/s);
    for (const [words, reason] of [
      [['plan', '--privilege', 'sudo', bundle], /“sudo” is no privilege of “plan”/],
      [['run', '--privilege', 'root', bundle], /“run” has no option --privilege/],
    ] as const) {
      const { code, stdout, stderr } = await ended(place.start('root', words));
      assert.deepEqual([code, stdout], [125, '']);
      assert.match(stderr, reason);
    }
  });

  it('says that it was made for somebody else', async () => {
    for (const [made, runs, said] of [
      [
        'rootless',
        'root',
        /made for the user with the id \d+\. Run it as that user and without sudo/,
      ],
      ['root', 'rootless', /made for root\. Run it with sudo/],
    ] as const) {
      const file = await exported(made);
      const { code, stdout, stderr } = await run(runs, 'sh', file);
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr, said);
    }
  });

  it('says that it has to be a file', async () => {
    const file = await exported('root');
    const { code, stderr } = await run('root', 'sh', '-c', 'exec sh <"$1"', 'sh', file);
    assert.equal(code, 1);
    assert.match(stderr, /^terrarium: It has to be a file, .*: save it, then run sh FILE\.$/m);
  });

  it('may be called as an option is', async () => {
    const file = await exported('root', payload('/bin/echo', 'it', 'runs'));
    const script = path.join(path.dirname(file), '-x.sh');
    renameSync(file, script);
    const words = ['env', '-C', path.dirname(script), 'sh', '--', '-x.sh'];
    const { code, stdout, stderr } = await run('root', ...words);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^it runs$/m);
  });

  it('leaves nobody waiting where the namespaces cannot be made', async () => {
    const file = await exported('rootless');
    // In a user namespace that allows none below it; the ids are those of the user outside.
    const outer = ['unshare', '--user', '--map-current-user', '--keep-caps', 'sh', '-c'];
    const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec sh "$1"';
    const { code, stderr } = await run('rootless', ...outer, script, 'sh', file);
    assert.notEqual(code, 0);
    assert.match(stderr, /unshare/);
  });

  it('says what of config.json it does not carry out, in it and when it runs', async () => {
    const file = await exported('root', (config) => {
      payload('/bin/true')(config);
      config.linux.seccomp = { defaultAction: 'SCMP_ACT_ALLOW' };
    });
    assert.match(readFileSync(file, 'utf8'), /^# .*linux\.seccomp is not carried out/m);
    const { code, stderr } = await run('root', 'sh', file);
    assert.match(stderr, /^terrarium: linux\.seccomp is not carried out/m);
    assert.equal(code, 0);
  });

  for (const startingPoint of ['notes', 'safe'] as const)
    for (const privilege of ['root', 'rootless'] as const)
      it(`holds nothing that shellcheck warns of (${startingPoint}, ${privilege})`, async function () {
        if (!findTool('shellcheck')) skipBecause(this, 'there is no shellcheck');
        const bundle = await place.bundle(privilege, startingPoint);
        const file = await place.exportedScript(privilege, bundle);
        // SC1112: its messages have typographic quotes.
        const options = ['--severity=warning', '--shell=sh', '--exclude=SC1112'];
        const { code, stdout } = await run('root', 'shellcheck', ...options, file);
        assert.equal(code, 0, stdout);
      });

  it('names a step that fails, by what it is for and its command', async () => {
    const file = await exported('root', (config) => {
      config.mounts.push({ destination: '/x', type: 'nofs', source: 'nofs' });
    });
    const { code, stderr } = await run('root', 'sh', file);
    assert.notEqual(code, 0);
    assert.match(stderr, /^Failed: .*\/x \(cd \.\/x && mount -t nofs nofs \.\): exit code \d+$/m);
  });

  for (const engine of ['runc', 'crun'] as const)
    for (const privilege of privileges)
      it(`runs what Terrarium would give ${engine} (${privilege})`, async function () {
        if (!findTool(engine)) skipBecause(this, `there is no ${engine}`);
        place.prefix = await prefixFor(engine);
        const file = await exported(privilege, (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          payload('/bin/sh', '-c', 'echo $$; hostname; exit 42')(config);
        });
        const folders = () => readdirSync('/tmp').filter((name) => name.startsWith('tmp.'));
        const before = folders();
        const { code, stdout, stderr } = await run(privilege, 'sh', file);
        assert.deepEqual([code, stdout], [42, '1\nbox\n'], stderr);
        assert.deepEqual(folders(), before);
      });
});

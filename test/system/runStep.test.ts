/** `helper.js run --step` on a real terminal: keys before each step, shells on the way, and that it leaves nothing. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { quote } from '../../src/core/text/quote';
import { Pty } from '../../src/helper/console/pty/Pty';
import { onTerminal } from '../../src/helper/console/pty/onTerminal';
import { type Workplace, ended, until, usePlace } from './containers';

const size = { cols: 100, rows: 40 };
const question = /Steps? (\d+)(?: to \d+)? of (\d+): Enter runs (?:it|them), r the rest.*q cancels/;

/** The command of the step; below it stand the calls of the same name. */
const pivotRoot = /pivot_root \. \.\r/;

describe('run --step', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  /** A shell script on a terminal of its own, as a person sees it and types into it. */
  class Person {
    /** Without its colours. */
    #output = '';
    #seen = 0;
    readonly #exited: Promise<unknown>;

    private constructor(
      readonly pty: Pty,
      readonly child: ChildProcess,
    ) {
      this.#exited = once(child, 'exit');
      pty.stream.on('data', (chunk: Buffer) => {
        // eslint-disable-next-line no-control-regex
        this.#output = (this.#output + chunk.toString('latin1')).replaceAll(/\x1b\[\d*m/g, '');
      });
    }

    static run(argv: readonly string[]): Person {
      const pty = new Pty(size);
      const script = `${argv.map(quote).join(' ')}; echo "status $?"; stty -a`;
      const [program, ...words] = onTerminal(pty.path, ['bash', '-c', script]);
      return new Person(pty, spawn(program, words, { detached: true, stdio: 'ignore' }));
    }

    type(text: string): void {
      this.pty.stream.write(text);
    }

    /** What is shown next, up to the end of the match, which counts as read then. */
    async sees(what: RegExp): Promise<RegExpExecArray> {
      return until(`${what} in ${JSON.stringify(this.#output.slice(this.#seen))}`, () => {
        const found = what.exec(this.#output.slice(this.#seen));
        if (!found) return undefined;
        this.#seen += found.index + found[0].length;
        return found;
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${this.#output}`);
      });
    }

    /** All that was shown. */
    async end(): Promise<string> {
      await this.#exited;
      const closed = once(this.pty.stream, 'close');
      this.pty.closeSlave();
      await closed;
      this.pty.dispose();
      return this.#output;
    }
  }

  const stepping = (privilege: 'root' | 'rootless', bundle: string, command: string[] = []) =>
    Person.run(
      place.command(privilege, [
        'run',
        '--step',
        bundle,
        ...(command.length ? ['--', ...command] : []),
      ]).argv,
    );

  /** Presses Enter until the step is next whose command that is. */
  async function upTo(person: Person, command: RegExp): Promise<void> {
    for (;;) {
      const { input, index } = await person.sees(question);
      if (command.test(input.slice(0, index))) return;
      person.type('\r');
    }
  }

  for (const privilege of ['root', 'rootless'] as const) {
    describe(privilege, () => {
      it('shows each step, and its system calls after Enter, and hands the terminal over', async () => {
        const person = stepping(privilege, await place.bundle(privilege, 'safe'));
        let [count, of, shown] = [0, 0, ''];
        for (let next = 0; next !== of || of === 0;) {
          const { 0: text, 1: first, 2: all, input, index } = await person.sees(question);
          shown += input.slice(0, index);
          assert.ok(Number(first) > next, 'each step once');
          [next, of, count] = [
            Number(/ to (\d+) of/.exec(text)?.[1] ?? first),
            Number(all),
            count + 1,
          ];
          person.type('\r');
        }
        assert.ok(count > 10);
        person.type('echo "PID $$"; tty; exit 7\n');
        shown += (await person.sees(/PID 1\r+\n[^]*status 7\r+\n[^]*\bicanon\b/)).input;
        const output = await person.end();
        assert.match(output, /pivot_root/);
        // The reason above the command, and below it the calls with their answers.
        assert.match(shown, /# .*hostname.*\r+\n.*\$.* hostname [^\r]*\r+\n/i);
        assert.match(shown, / {4}sethostname\("box", 3\) = 0\r+$/m);
        assert.match(shown, / {4}pivot_root\("\.", "\."\) = 0\r+$/m);
        assert.match(shown, / {4}execve\(.* = 0/m);
      });

      it('runs the rest at once, and hands on what was typed ahead', async () => {
        const person = stepping(privilege, await place.bundle(privilege), [
          ...['/bin/sh', '-c', 'stty size; read line; echo "read $line"'],
        ]);
        await person.sees(question);
        person.type('rtyped\r');
        await person.sees(/execve[^]*40 100\r+\n/);
        await person.sees(/read typed\r+\n[^]*status 0/);
        assert.equal((await person.end()).match(new RegExp(question, 'g'))?.length, 1);
      });

      it('opens a shell before pivot_root, and on the new root after it', async () => {
        const person = stepping(privilege, await place.bundle(privilege));
        await person.sees(question);
        person.type('s');
        await person.sees(/No shell can be opened in .* yet: it waits.*Run the steps up to step/);
        await upTo(person, pivotRoot);
        person.type('s');
        await person.sees(/Its root is that of this machine/);
        person.type(`ls -d ${place.folder}; readlink /proc/self/ns/uts; stty size; exit 3\r`);
        const [, uts] = await person.sees(/\r+\nuts:(\[\d+\])\r+\n40 100\r+\n/);
        assert.notEqual(`uts:${uts}`, readlinkSync('/proc/self/ns/uts'));
        await person.sees(/The shell ended with exit code 3/);
        await person.sees(question);
        person.type('\r');
        await person.sees(question);
        person.type('s');
        await person.sees(/[$#] /);
        person.type('ls -d /bin /nowhere; echo $((40+2)); exit\r');
        await person.sees(/\/nowhere: No such file[^]*\n42\r/);
        await person.sees(question);
        person.type('r');
        await person.sees(/execve[^]*[$#] /);
        person.type('echo "PID $$"; exit\r');
        await person.sees(/PID 1\r+\n[^]*status 0/);
        await person.end();
      });

      for (const [name, key] of [
        ['q', 'q'],
        ['Ctrl+C', '\x03'],
        ['Ctrl+D', '\x04'],
      ] as const)
        it(`leaves nothing after ${name}`, async () => {
          const bundle = await place.bundle(privilege, 'safe');
          const person = stepping(privilege, bundle);
          await upTo(person, pivotRoot);
          person.type(key);
          await person.sees(
            /was cancelled\. Nothing is left of it\.\r*\n[^]*status 125[^]*\bicanon\b/,
          );
          await person.end(); // and the host is as it was
        });

      it('refuses where there is no terminal, and makes nothing', async () => {
        const child = place.start(privilege, ['run', '--step', await place.bundle(privilege)]);
        child.stdin!.end();
        const { code, stdout, stderr } = await ended(child);
        assert.equal(code, 125);
        assert.equal(stdout, '');
        assert.match(stderr, /waits for keys.*input is no terminal.*without --step/);
      });
    });
  }

  it('names the call that failed', async () => {
    const bundle = await place.bundle('root', 'safe', (config) => {
      config.linux.sysctl = { 'net.ipv4.ip_forward': 'many' };
    });
    const person = stepping('root', bundle);
    await person.sees(question);
    person.type('r');
    await person.sees(/write\(\d+, "many\\n", 5\).*-1 EINVAL \(Invalid argument\)/);
    await person.sees(/terrarium: .*did not start[^]*status 125/);
    await person.end();
  });

  /** Waits before pivot_root; with the helper and its PID 1. */
  async function waiting(): Promise<{ person: Person; helper: number; pid1: number }> {
    const person = stepping('root', await place.bundle('root'));
    await upTo(person, pivotRoot);
    const helper = childOf(person.child.pid!);
    return { person, helper, pid1: childOf(childOf(helper)) };
  }

  it('ends with PID 1, and says so', async () => {
    const { person, pid1 } = await waiting();
    process.kill(pid1, 'SIGKILL');
    await person.sees(/terrarium: .*did not start[^]*status 125[^]*\bicanon\b/);
    await person.end();
  });

  it('is cancelled by a signal, with the shell that is open', async () => {
    const { person, helper } = await waiting();
    person.type('s');
    await person.sees(/Its root is that of this machine[^]*[$#] /);
    process.kill(helper, 'SIGTERM');
    await person.sees(/was cancelled\. Nothing is left of it\.[^]*status 125[^]*\bicanon\b/);
    await person.end();
  });

  it('leaves nothing where its terminal hangs up, or it is killed', async () => {
    const hungUp = await waiting();
    hungUp.person.pty.dispose();
    const killed = await waiting();
    process.kill(killed.helper, 'SIGKILL');
    await killed.person.sees(/status 137/);
    await killed.person.end();
    for (const { pid1, helper } of [hungUp, killed])
      await until(
        'their end',
        () => !existsSync(`/proc/${pid1}`) && !existsSync(`/proc/${helper}`),
      );
  });

  for (const engine of ['runc', 'crun'] as const)
    it(`refuses ${engine}, which takes all steps itself`, async () => {
      const bundle = await place.bundle('root', 'safe', (config) => {
        config.annotations = { ...config.annotations, 'dev.terrarium.engine': engine };
      });
      const person = stepping('root', bundle);
      await person.sees(
        new RegExp(`started by ${engine}, which takes all steps itself[^]*Remove the annotation`),
      );
      await person.sees(/status 125/);
      await person.end();
    });
});

/** The one child of a process. */
function childOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
  assert.equal(children.length, 1, `${pid} has one child`);
  return Number(children[0]);
}

// Cells typed into a lesson's terminal: each line's end, status and output, through nested shells too.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseLesson } from '../../src/core/lesson/parseLesson';
import { typedLines } from '../../src/core/lesson/shellBlock';
import { findTool } from '../../src/core/fs/findTool';
import { LessonShell } from '../../src/helper/lesson/LessonShell';
import { lookEveryMs } from '../../src/helper/lesson/stillness';
import { takeSnapshot } from '../../src/helper/sight/takeSnapshot';
import { skipBecause } from '../skip';

describe('the shell of a lesson', function () {
  this.timeout(30_000);
  let folder: string;
  let shell: LessonShell;
  let shown: string;
  let waiting: string[];

  before(function () {
    if (process.getuid!() !== 0) skipBecause(this, 'unshare and chroot need root');
    if (!findTool('busybox')) skipBecause(this, 'no busybox here');
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'terrarium-lesson-'));
    shown = '';
    waiting = [];
    shell = new LessonShell({
      cwd: folder,
      size: { cols: 100, rows: 30 },
      onWaiting: (program) => void waiting.push(program),
    });
    shell.terminal.stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  });
  afterEach(async () => {
    shell.dispose();
    await shell.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const statuses = ({ lines }: Awaited<ReturnType<LessonShell['run']>>) =>
    lines.map(({ end, status }) => (end === 'status' ? status : end));
  const inFront = async (link: string) => readlinkSync(`/proc/${await shell.front()}/${link}`);

  it('tells status and output of each line', async () => {
    const run = await shell.run([
      'echo one',
      'false',
      '(exit 3)',
      'echo two >&2',
      'no-such-command',
    ]);
    assert.deepEqual(statuses(run), [0, 1, 3, 0, 127]);
    assert.equal(run.output, 'one\ntwo\nbash: no-such-command: command not found\n');
    assert.equal(run.isCut, false);
  });

  it('loses no output of many fast commands', async () => {
    const numbers = Array.from({ length: 60 }, (_, at) => `line ${at}`);
    const { output } = await shell.run(numbers.map((text) => `echo ${text}`));
    assert.equal(output, numbers.map((text) => `${text}\n`).join(''));
  });

  it('types a command of several lines, and tells that the shell asked for more', async () => {
    const run = await shell.run([
      'for i in 1 2; do',
      '\techo "$i!"',
      'done',
      "cat <<'E'",
      'a\tb',
      'E',
    ]);
    assert.deepEqual(statuses(run), ['more', 'more', 0, 'more', 'more', 0]);
    assert.equal(run.output, '1!\n2!\na\tb\n');
  });

  it('tells comments, empty lines and what bash refuses', async () => {
    const run = await shell.run(['# a comment', '', 'echo )', 'echo ü 😀']);
    assert.match(run.output, /^bash: syntax error near unexpected token `\)'\nü 😀\n$/);
    assert.equal(statuses(run)[2], 2);
  });

  it('runs in the folder of the lesson, and remembers where it went', async () => {
    assert.equal((await shell.run(['pwd'])).output, `${folder}\n`);
    await shell.run(['mkdir a', 'cd a', 'x=5']);
    assert.equal((await shell.run(['pwd', 'echo $x'])).output, `${folder}/a\n5\n`);
    assert.equal(await inFront('cwd'), `${folder}/a`);
  });

  it('keeps colours and no other control sequences', async () => {
    const { output } = await shell.run([
      String.raw`printf '\033[31mred\033[0m\033[2K\033]0;t\007 a\rb\n'`,
    ]);
    assert.equal(output, 'b\n');
    const { output: red } = await shell.run([
      String.raw`printf '\033[31mred\033[0m\033[2K\033]0;t\007\n'`,
    ]);
    assert.equal(red, '\x1b[31mred\x1b[0m\n');
  });

  it('says where output was too long, and has its beginning', async () => {
    const run = await shell.run(['seq 100000']);
    assert.ok(run.isCut);
    assert.ok(run.output.startsWith('1\n2\n3\n'));
    assert.ok(run.output.length <= 256 * 1024);
  });

  it('shows in the terminal what was typed, and nothing of its own', async () => {
    await shell.run(['echo one']);
    assert.match(shown, /\$ echo one\r\n|# echo one\r\n/);
    assert.doesNotMatch(shown, /7741|PROMPT_COMMAND|PS0/);
    assert.equal(shown.match(/[$#] /g)?.length, 2, JSON.stringify(shown));
  });

  for (const [name, command] of [
    ['bash', 'bash --norc'],
    ['dash', 'dash'],
    ['BusyBox', 'busybox sh'],
  ] as const)
    it(`goes on in ${name} that a cell started, and out of it again`, async () => {
      const own = await shell.front();
      const entered = await shell.run([command]);
      assert.deepEqual(statuses(entered), ['entered']);
      assert.doesNotMatch(entered.output, /[\\;]/, 'nothing of its set-up');
      assert.notEqual(await shell.front(), own);
      const run = await shell.run(['false', 'echo in', 'if true', 'then echo yes', 'fi']);
      assert.deepEqual(statuses(run), [1, 0, 'more', 'more', 0]);
      assert.equal(run.output, 'in\nyes\n');
      assert.doesNotMatch(shown, /7741/);
      // Once, before it has the marks: an answer that comes late would be typed into another shell.
      assert.ok(shown.split('\x1b[6n').length <= 2, JSON.stringify(shown));
      assert.deepEqual(statuses(await shell.run(['exit 4'])), [4]);
      assert.equal(await shell.front(), own);
    });

  it('goes on in a shell that can start no process any more', async () => {
    assert.deepEqual(statuses(await shell.run(['unshare --pid dash'])), ['entered']);
    // PID 1 of the new namespace; when it has ended, fork(2) fails there.
    const first = await shell.run(['/bin/echo in']);
    assert.deepEqual([statuses(first), first.output], [[0], 'in\n']);
    const second = await shell.run(['/bin/echo again', 'echo on']);
    assert.deepEqual(statuses(second), [2, 0]);
    assert.match(second.output, /Cannot fork\non\n$/);
    assert.doesNotMatch(shown, /7741/);
    assert.deepEqual(statuses(await shell.run(['exit 4'])), [4]);
  });

  it('runs no shell that has a script for one that waits', async () => {
    const run = await shell.run(["sh -c 'sleep 0.4; echo done'", 'echo after']);
    assert.deepEqual(statuses(run), [0, 0]);
    assert.equal(run.output, 'done\nafter\n');
  });

  for (const name of ['bash', 'dash', 'busybox sh'])
    it(`tells what a command prints in ${name} that is wider than the terminal, and no end of it`, async () => {
      await shell.run([name]);
      const words = Array.from({ length: 100 }, (_, at) => `word${at}`);
      // Of every width around the second line of the terminal: also one that ends where a line of it does.
      for (let count = 180; count < 204; count++) {
        const text = words.join(' ').slice(0, count).trim();
        assert.equal((await shell.run([`echo ${text}`])).output, `${text}\n`);
      }
    });

  for (const name of ['bash', 'dash', 'busybox sh'])
    it(`takes no subshell of ${name} for a shell that waits for commands`, async () => {
      await shell.run(['mkfifo fifo', name]);
      const own = await shell.front();
      const running = shell.run([
        'echo one; (read -r line < fifo; echo "$line")',
        'sleep 0.4 | while read -r line; do :; done; echo three',
      ]);
      // Long enough for several looks at what is in front.
      await setTimeout(5 * lookEveryMs);
      writeFileSync(path.join(folder, 'fifo'), 'two\n');
      const run = await running;
      assert.deepEqual([statuses(run), run.output], [[0, 0], 'one\ntwo\nthree\n']);
      assert.equal(await shell.front(), own);
      assert.doesNotMatch(shown, /7741/);
    });

  it('says where a password is asked for', async () => {
    await shell.run(['ln -s "$(command -v sleep)" sudo', './sudo 0.5']);
    assert.deepEqual(waiting, ['sudo']);
  });

  it('is interrupted as by Ctrl+C, and types no further line', async () => {
    const running = shell.run(['sleep 20', 'echo after']);
    void setTimeout(300).then(() => shell.interrupt());
    const run = await running;
    assert.deepEqual(statuses(run), [130]);
    assert.doesNotMatch(run.output, /after/);
    assert.equal((await shell.run(['echo on'])).output, 'on\n');
  });

  it('gives up a command that a cell does not end', async () => {
    for (const start of ['true', 'dash', 'busybox sh']) {
      await shell.run([start]);
      assert.deepEqual(statuses(await shell.run(['if true'])), ['more'], start);
      assert.equal((await shell.run(['echo on'])).output, 'on\n', start);
    }
  });

  it('refuses a second cell while one runs', async () => {
    const running = shell.run(['sleep 0.3']);
    await assert.rejects(shell.run(['echo']), { code: 'lesson-busy' });
    await running;
  });

  it('goes on in a shell that somebody started by hand', async () => {
    await shell.run(['true']);
    shell.terminal.type('x=outer; busybox sh\r');
    await setTimeout(300);
    const { output } = await shell.run(['echo "[$x]"']);
    assert.equal(output, '[]\n');
  });

  it('tells that its shell has ended, and refuses what comes after', async () => {
    assert.deepEqual(statuses(await shell.run(['exit 7', 'echo after'])), ['over']);
    assert.equal(await shell.ended, 7);
    await assert.rejects(shell.run(['echo']), { code: 'lesson-over' });
  });

  it('hangs up: nothing of it is left', async () => {
    await shell.run(['unshare --pid --fork --mount-proc bash --norc']);
    const inside = await shell.front();
    shell.dispose();
    await shell.ended;
    const deadline = Date.now() + 5000;
    while (existsSync(`/proc/${inside}`)) {
      assert.ok(Date.now() < deadline, 'the shell inside is still there');
      await setTimeout(20);
    }
  });

  it('runs notes by hand from the first block to the last, with the evidence of each', async () => {
    const file = readFileSync(path.resolve('test/unit/core/lesson/byHand.md'));
    const blocks = parseLesson(file).cells.filter(({ kind }) => kind !== 'prose');
    const run = (at: number) => {
      const { kind, text } = blocks[at]!;
      return shell.run(typedLines(text, kind === 'session' ? 'session' : 'script'));
    };
    const made = await run(0);
    assert.ok(
      statuses(made).every((status) => status === 0),
      JSON.stringify(made),
    );
    assert.deepEqual(statuses(await run(1)), ['entered']);
    const bash = await takeSnapshot(await shell.front());
    assert.equal(bash?.pids.at(-1), 1);
    assert.deepEqual(
      bash?.namespaces.filter(({ isHosts }) => !isHosts).map(({ type }) => type),
      ['pid', 'mnt', 'uts', 'ipc'],
    );
    assert.deepEqual(statuses(await run(2)), [0]);
    assert.deepEqual(statuses(await run(3)), ['entered']);
    const sh = await takeSnapshot(await shell.front());
    assert.equal(sh?.root?.path, path.join(folder, 'box'));
    const look = await run(4);
    assert.deepEqual(statuses(look), [0, 0, 0, 0]);
    assert.match(look.output, /^bin +proc\n\d+\n/);
    assert.match(look.output, /\b1\b.*bash/);
    const named = await takeSnapshot(await shell.front());
    assert.equal(named?.hostname, 'box');
  });
});

// The steps of a start as the cells of a notebook, and the text below one.
import assert from 'node:assert/strict';
import { parseLesson } from '../../../../../src/core/lesson/parseLesson';
import type { PlannedGate, StepPart } from '../../../../../src/protocol/steps';
import { endedMarkdown, stepsMarkdown } from '../../../../../src/ui/lessons/steps/stepCells';
import type { StepOutcome } from '../../../../../src/ui/lessons/steps/SteppedStart';
import { toldHtml, toldOf, toldPlain } from '../../../../../src/ui/lessons/steps/toldText';
import { snapshot } from '../../../core/lesson/snapshots';

const t = (text: string, ...args: (string | number)[]) =>
  text.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

const gate = (part: StepPart, ...names: readonly string[]): PlannedGate => ({
  ...{ first: 0, part },
  commands: names.map((name) => ({ why: `Why ${name}`, lines: [`do ${name}`] })),
});
const bytesOf = (gates: readonly PlannedGate[], byHand = false, name = 'box') =>
  stepsMarkdown(name, { gates, byHand }, t);

/** Read as the notebook does. */
const cellsOf = (bytes: Uint8Array) => parseLesson(bytes).cells;
const codeOf = (bytes: Uint8Array) => cellsOf(bytes).filter(({ kind }) => kind !== 'prose');
const proseOf = (bytes: Uint8Array) =>
  cellsOf(bytes)
    .filter(({ kind }) => kind === 'prose')
    .map(({ text }) => text)
    .join('\n');

describe('the notebook of a start', () => {
  const gates = [
    ...[gate('namespaces', 'unshare'), gate('namespaces', 'session')],
    ...[gate('filesystems', 'files', 'devices'), gate('root', 'pivot_root')],
  ];

  it('has a cell for each gate, with the reason and the command of all that is done there', () => {
    assert.deepEqual(
      codeOf(bytesOf(gates)).map(({ text }) => text),
      [
        '# Why unshare\ndo unshare',
        '# Why session\ndo session',
        '# Why files\ndo files\n# Why devices\ndo devices',
        '# Why pivot_root\ndo pivot_root',
      ],
    );
  });

  it('has a heading for each part, before its first step', () => {
    const lines = cellsOf(bytesOf(gates)).flatMap(({ text }) => text.split('\n'));
    assert.deepEqual(
      lines.filter((line) => /^## |^do /.test(line)),
      [
        ...['## Namespaces', 'do unshare', 'do session'],
        ...['## File systems', 'do files', 'do devices', '## Root', 'do pivot_root'],
      ],
    );
  });

  it('says whether its steps are system calls, or commands that are typed', () => {
    assert.match(proseOf(bytesOf(gates)), /steps are system calls/);
    assert.match(proseOf(bytesOf(gates, true)), /commands are typed/);
  });

  it('stays what it is, whatever a bundle has in its names', () => {
    const hostile = 'a](command:x) ![](y)\n\n```sh\nrm -rf /\n```\n<b>';
    const commands = [{ why: hostile, lines: [`hostname '${hostile}'`] }];
    const cells = bytesOf([{ ...gate('names'), commands }], false, hostile);
    const code = codeOf(cells);
    assert.equal(code.length, 1);
    assert.equal(code[0]!.text.split('\n').length, 2);
    assert.doesNotMatch(proseOf(cells), /command:x\)|<b>|!\[/);
    assert.doesNotMatch(proseOf(endedMarkdown(hostile, t)), /command:x\)|<b>|!\[/);
  });

  it('has no cell to run where its start ended with the window', () =>
    assert.deepEqual(codeOf(endedMarkdown('box', t)), []));
});

describe('the text below a cell', () => {
  type Done = StepOutcome['steps'][number];
  const done = (more: Partial<Done> = {}): Done => ({ index: 0, calls: [], why: 'Why', ...more });
  const outcome = (steps: readonly Done[], more: Partial<StepOutcome> = {}): StepOutcome => ({
    ...{ steps, pid: 4711, after: snapshot() },
    ...more,
  });
  const plain = (...steps: readonly Done[]) => toldPlain(toldOf(outcome(steps), t));
  const html = (...steps: readonly Done[]) => toldHtml(toldOf(outcome(steps), t));
  const call = (name: string, answer = '0', isExpected?: true) => ({
    ...{ call: `${name}()`, answer },
    ...(isExpected && { isExpected }),
  });

  it('has the calls with their answers, and says by a colour too that one has failed', () => {
    const calls = [call('fsopen', '3'), call('fsmount', '-1 EPERM (Operation not permitted)')];
    assert.equal(
      plain(done({ calls })),
      'fsopen() = 3\nfsmount() = -1 EPERM (Operation not permitted)',
    );
    assert.match(html(done({ calls })), /<span class="answer">3</);
    assert.match(html(done({ calls })), /fsmount\(\) = <span class="failed">-1 EPERM/);
  });

  it('says which answers are those that were to be expected, and why', () => {
    const calls = [call('execve', '0', true)];
    assert.match(plain(done({ calls })), /^execve\(\) = 0 \(expected\)\nAn expected answer/);
    assert.match(html(done({ calls })), /<span class="expected">0 \(expected\)</);
    assert.doesNotMatch(plain(done({ calls: [call('setsid')] })), /expected/);
  });

  it('names each of several steps, open as long as they are short, and counts what did nothing', () => {
    const many = Array.from({ length: 9 }, () => call('mount'));
    const steps = [
      ...[done({ why: 'One', calls: many }), done({ why: 'Two', calls: many })],
      done({ why: 'Three', skipped: true }),
    ];
    assert.match(plain(...steps), /^# One\n(mount\(\) = 0\n){9}# Two\n/);
    assert.match(plain(...steps), /1 of the 3 commands had nothing to do/);
    assert.doesNotMatch(plain(...steps), /Three/);
    assert.match(html(...steps), /<details open><summary>One .*<details><summary>Two /);
    assert.match(html(...steps), /<span class="count">9 calls</);
    const [one, two] = ['One', 'Two'].map((why) => done({ why, calls: [call('mount')] }));
    assert.equal(html(one!, two!).match(/<details open>/g)?.length, 2);
    assert.match(
      html(done({ calls: [...many, ...many] })),
      /<details><summary><span[^>]*>18 calls</,
    );
  });

  it('has no control character and no markup of a bundle', () => {
    const calls = [{ call: 'sethostname("\x1b[31m<b>")', answer: '\x07<i>' }];
    const odd = [done({ calls }), done({ calls, why: '<u>\x07' })];
    assert.ok(plain(...odd).includes('sethostname("\\x1b[31m<b>") = \\x07<i>'), plain(...odd));
    for (const bad of ['\x1b', '\x07', '<b>', '<i>', '<u>'])
      assert.ok(!html(...odd).includes(bad), bad);
  });

  it('says why there is no evidence', () => {
    const told = (step: Partial<Done>, more: Partial<StepOutcome> = {}) =>
      toldPlain(toldOf(outcome([done(step)], { after: undefined, ...more }), t));
    assert.match(told({}, { pid: undefined }), /no PID 1 yet/);
    assert.match(told({}), /PID 1 has ended/);
    assert.equal(told({ failure: 'It failed.' }), '');
    assert.match(told({ skipped: true }), /^Nothing was to be done/);
    assert.match(told({}, { isProgramChild: true }), /the new root is that of its child/);
  });
});

// The steps of a start as the cells of a notebook, and the text below one.
import assert from 'node:assert/strict';
import { parseLesson } from '../../../../../src/core/lesson/parseLesson';
import type { PlannedStep } from '../../../../../src/protocol/messages';
import { endedMarkdown, stepsMarkdown } from '../../../../../src/ui/lessons/steps/stepCells';
import type { StepOutcome } from '../../../../../src/ui/lessons/steps/SteppedStart';
import { toldHtml, toldLines, toldPlain } from '../../../../../src/ui/lessons/steps/toldText';
import { snapshot } from '../../../core/lesson/snapshots';

const t = (text: string, ...args: (string | number)[]) =>
  text.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

const step = (id: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
  ...{ id, gate: 0, where: 'host', command: `do ${id}`, why: `Why ${id}`, calls: [] },
  ...more,
});

/** Read as the notebook does. */
const cellsOf = (bytes: Uint8Array) => parseLesson(bytes).cells;
const codeOf = (bytes: Uint8Array) => cellsOf(bytes).filter(({ kind }) => kind !== 'prose');
const proseOf = (bytes: Uint8Array) =>
  cellsOf(bytes)
    .filter(({ kind }) => kind === 'prose')
    .map(({ text }) => text)
    .join('\n');

describe('the notebook of a start', () => {
  const steps = [step('unshare'), step('session'), step('mount:/proc'), step('pivot_root')];

  it('has a cell for each step, with its reason and its command', () => {
    assert.deepEqual(
      codeOf(stepsMarkdown('box', steps, t)).map(({ text }) => text),
      [
        '# Why unshare\ndo unshare',
        '# Why session\ndo session',
        '# Why mount:/proc\ndo mount:/proc',
        '# Why pivot_root\ndo pivot_root',
      ],
    );
  });

  it('has a heading for each part, before its first step', () => {
    const lines = cellsOf(stepsMarkdown('box', steps, t)).flatMap(({ text }) => text.split('\n'));
    assert.deepEqual(
      lines.filter((line) => /^## |^do /.test(line)),
      [
        ...['## Namespaces', 'do unshare', 'do session'],
        ...['## File systems', 'do mount:/proc', '## Root', 'do pivot_root'],
      ],
    );
  });

  it('says whether its steps are system calls, or commands that are typed', () => {
    assert.match(proseOf(stepsMarkdown('box', steps, t)), /steps are system calls/);
    const byHand = [step('unshare'), step('own-session'), step('payload')];
    assert.match(proseOf(stepsMarkdown('box', byHand, t)), /commands are typed/);
  });

  it('stays what it is, whatever a bundle has in its names', () => {
    const hostile = 'a](command:x) ![](y)\n\n```sh\nrm -rf /\n```\n<b>';
    const odd = step('hostname', { command: `hostname '${hostile}'`, why: hostile });
    const cells = stepsMarkdown(hostile, [odd], t);
    const code = codeOf(cells);
    assert.equal(code.length, 1);
    assert.equal(code[0]!.text.split('\n').length, 2);
    assert.doesNotMatch(proseOf(cells), /command:x\)|<b>|!\[/);
    assert.doesNotMatch(proseOf(endedMarkdown(hostile, t)), /command:x\)|<b>|!\[/);
  });

  it('has no cell to run where its start ended with the window', () =>
    assert.deepEqual(codeOf(endedMarkdown('box', t)), []));
});

describe('the text below a step', () => {
  const outcome = (more: Partial<StepOutcome> = {}): StepOutcome => ({
    ...{ index: 0, calls: [], isTogether: false, pid: 4711, after: snapshot() },
    ...more,
  });
  const plain = (more: Partial<StepOutcome>) => toldPlain(toldLines(outcome(more), t));
  const html = (more: Partial<StepOutcome>) => toldHtml(toldLines(outcome(more), t));

  it('has the calls with their answers, and says by a colour too that one has failed', () => {
    const calls = [
      { call: 'fsopen("proc", 1)', answer: '3' },
      { call: 'fsmount(3)', answer: '-1 EPERM (Operation not permitted)' },
    ];
    assert.equal(
      plain({ calls }),
      'fsopen("proc", 1) = 3\nfsmount(3) = -1 EPERM (Operation not permitted)',
    );
    assert.match(html({ calls }), /<span class="answer">3</);
    assert.match(html({ calls }), /fsmount\(3\) = <span class="failed">-1 EPERM/);
  });

  it('has no control character and no markup of a bundle', () => {
    const calls = [{ call: 'sethostname("\x1b[31m<b>")', answer: '\x07<i>' }];
    assert.equal(plain({ calls }), 'sethostname("\\x1b[31m<b>") = \\x07<i>');
    for (const bad of ['\x1b', '\x07', '<b>', '<i>'])
      assert.ok(!html({ calls }).includes(bad), bad);
  });

  it('says why there is no evidence', () => {
    const told = (more: Partial<StepOutcome>) => plain({ after: undefined, ...more });
    assert.match(told({ isTogether: true }), /together with the next step/);
    assert.match(told({ pid: undefined }), /no PID 1 yet/);
    assert.match(told({}), /PID 1 has ended/);
    assert.equal(told({ failure: 'It failed.' }), '');
    assert.match(told({ skipped: true }), /^Nothing was to be done/);
  });
});

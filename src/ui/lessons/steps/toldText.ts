/** What the steps behind a gate did, as lines below their cell, and the same as HTML. Called by `stepOutputs`. */
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { AnsweredCall } from '../../../protocol/steps';
import type { Translate } from '../../model/translate';
import { escapeHtml } from '../evidenceHtml';
import type { StepOutcome } from './SteppedStart';

export interface Told {
  readonly steps: readonly ToldStep[];
  /** Sentences: what calls do not tell. */
  readonly said: readonly string[];
  readonly t: Translate;
}

/** A step that did something. */
interface ToldStep {
  /** Absent where it is the only one of its cell. */
  readonly why?: string;
  readonly calls: readonly AnsweredCall[];
}

/** More calls than these are folded; of several steps the first one is open. */
const mostOpen = 10;

export function toldOf({ steps, isProgramChild, pid, after }: StepOutcome, t: Translate): Told {
  const acted = steps.filter(({ skipped }) => !skipped);
  const calls = acted.flatMap((step) => step.calls);
  const hasFailed = steps.some(({ failure }) => failure !== undefined);
  const said: string[] = [];
  if (acted.length < steps.length)
    said.push(
      steps.length === 1
        ? t('Nothing was to be done: what this is for is not there.')
        : t(
            '{0} of the {1} commands had nothing to do: what they are for is not there.',
            steps.length - acted.length,
            steps.length,
          ),
    );
  if (calls.some(({ isExpected }) => isExpected))
    said.push(
      t(
        'An expected answer is that of a call that goes well: who makes it does not tell what the kernel has answered.',
      ),
    );
  if (isProgramChild)
    said.push(
      t(
        'PID 1 stays on the root of this machine: the new root is that of its child, the program. “What Each Process Sees” has both.',
      ),
    );
  if (!after && !hasFailed)
    said.push(
      pid === undefined
        ? t('There is no PID 1 yet that anything could be different for.')
        : t('PID 1 has ended already.'),
    );
  return {
    ...{ said, t },
    steps: acted
      .filter((step) => step.calls.length > 0)
      .map(({ why, calls }) => ({ calls, ...(steps.length > 1 && { why }) })),
  };
}

export function toldPlain({ steps, said, t }: Told): string {
  const calls = steps.flatMap((step) => [
    ...(step.why === undefined ? [] : [`# ${step.why}`]),
    ...step.calls.map((one) => `${one.call}${one.answer === '' ? '' : ` = ${answerText(one, t)}`}`),
  ]);
  return [...calls, ...said].map((line) => escapeControlCharacters(line)).join('\n');
}

function answerText({ answer, isExpected }: AnsweredCall, t: Translate): string {
  return isExpected ? t('{0} (expected)', answer) : answer;
}

/** As VS Code shows what a program prints, but with long calls on several lines. */
const style = `
.terrarium-calls{font-family:var(--vscode-editor-font-family);font-size:var(--vscode-editor-font-size);color:var(--vscode-foreground);margin:2px 0}
.terrarium-calls div{padding-left:4ch;text-indent:-4ch;overflow-wrap:anywhere;white-space:pre-wrap}
.terrarium-calls summary,.terrarium-calls .said{font-family:var(--vscode-font-family);font-size:var(--vscode-font-size)}
.terrarium-calls summary{cursor:pointer;padding:1px 0}
.terrarium-calls details div{margin-left:2ch}
.terrarium-calls .count,.terrarium-calls .expected{color:var(--vscode-descriptionForeground)}
.terrarium-calls .answer{color:var(--vscode-charts-green,currentColor)}
.terrarium-calls .failed{color:var(--vscode-errorForeground,currentColor)}
`;

export function toldHtml({ steps, said, t }: Told): string {
  const isShort = steps.reduce((sum, { calls }) => sum + calls.length, 0) <= mostOpen;
  const told = steps.map(({ why, calls }, at) => {
    const lines = calls.map((one) => callHtml(one, t)).join('');
    if (why === undefined && isShort) return lines;
    const count = calls.length === 1 ? t('1 call') : t('{0} calls', calls.length);
    const open = isShort || (at === 0 && calls.length <= mostOpen) ? ' open' : '';
    const shown = why === undefined ? '' : `${escapeHtml(why)} `;
    return `<details${open}><summary>${shown}<span class="count">${escapeHtml(count)}</span></summary>${lines}</details>`;
  });
  const sentences = said.map((text) => `<div class="said">${escapeHtml(text)}</div>`);
  return `<style>${style}</style><div class="terrarium-calls">${[...told, ...sentences].join('')}</div>`;
}

function callHtml(one: AnsweredCall, t: Translate): string {
  if (one.answer === '') return `<div>${escapeHtml(one.call)}</div>`;
  const tone = one.isExpected ? 'expected' : one.answer.startsWith('-1') ? 'failed' : 'answer';
  return `<div>${escapeHtml(one.call)} = <span class="${tone}">${escapeHtml(answerText(one, t))}</span></div>`;
}

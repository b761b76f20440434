/** What a step did, as lines below its cell, and the same as HTML. Called by `stepOutputs`. */
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { Translate } from '../../model/translate';
import { escapeHtml } from '../evidenceHtml';
import type { StepOutcome } from './SteppedStart';

/** A call as strace(1) writes it, with its answer; or a sentence, without one. */
interface ToldLine {
  readonly text: string;
  readonly answer?: string;
}

/** What it did, and what calls do not tell. */
export function toldLines(
  { calls, skipped, failure, isTogether, pid, after }: StepOutcome,
  t: Translate,
): ToldLine[] {
  const said: string[] = [];
  if (skipped) said.push(t('Nothing was to be done: what this is for is not there.'));
  if (isTogether) said.push(t('Carried out together with the next step, which has the evidence.'));
  else if (!after && failure === undefined)
    said.push(
      pid === undefined
        ? t('There is no PID 1 yet that anything could be different for.')
        : t('PID 1 has ended already.'),
    );
  return [
    ...calls.map(({ call, answer }) => ({ text: call, ...(answer !== '' && { answer }) })),
    ...said.map((text) => ({ text })),
  ];
}

export function toldPlain(lines: readonly ToldLine[]): string {
  return lines
    .map(({ text, answer }) =>
      escapeControlCharacters(answer === undefined ? text : `${text} = ${answer}`),
    )
    .join('\n');
}

/** As VS Code shows what a program prints, but with long calls on several lines. */
const style = `
.terrarium-calls{font-family:var(--vscode-editor-font-family);font-size:var(--vscode-editor-font-size);color:var(--vscode-foreground);margin:2px 0}
.terrarium-calls div{padding-left:4ch;text-indent:-4ch;overflow-wrap:anywhere;white-space:pre-wrap}
.terrarium-calls .said{font-family:var(--vscode-font-family);font-size:var(--vscode-font-size)}
.terrarium-calls .answer{color:var(--vscode-charts-green,currentColor)}
.terrarium-calls .failed{color:var(--vscode-errorForeground,currentColor)}
`;

export function toldHtml(lines: readonly ToldLine[]): string {
  const items = lines.map(({ text, answer }) => {
    if (answer === undefined) return `<div class="said">${escapeHtml(text)}</div>`;
    const tone = answer.startsWith('-1') ? 'failed' : 'answer';
    return `<div>${escapeHtml(text)} = <span class="${tone}">${escapeHtml(answer)}</span></div>`;
  });
  return `<style>${style}</style><div class="terrarium-calls">${items.join('')}</div>`;
}

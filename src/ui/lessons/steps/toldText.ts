/** What a step did, as text below its cell. Called by `stepOutputs`. */
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { Translate } from '../../model/translate';
import type { StepOutcome } from './SteppedStart';

/** The calls as strace(1) writes them, and what they do not tell. */
export function toldText(
  { calls, skipped, failure, isTogether, pid, after }: StepOutcome,
  t: Translate,
): string {
  const lines = calls.map(({ call, answer }) =>
    escapeControlCharacters(answer === '' ? call : `${call} = ${answer}`),
  );
  if (skipped) lines.push(t('Nothing was to be done: what this is for is not there.'));
  if (isTogether) lines.push(t('Carried out together with the next step, which has the evidence.'));
  else if (!after && failure === undefined)
    lines.push(
      pid === undefined
        ? t('There is no PID 1 yet that anything could be different for.')
        : t('PID 1 has ended already.'),
    );
  return lines.map((line) => `${line}\n`).join('');
}

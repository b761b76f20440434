/** What stands below a step that was carried out: its calls with their answers, the failure, the evidence. Called by the controller. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { evidenceOutputs } from '../cellOutputs';
import type { StepOutcome } from './SteppedStart';
import { toldText } from './toldText';

export function stepOutputs(outcome: StepOutcome): vscode.NotebookCellOutput[] {
  const { stdout, stderr } = vscode.NotebookCellOutputItem;
  const { t } = vscode.l10n;
  const [told, failed] = [toldText(outcome, t), failureText(outcome)];
  return [
    ...(told === '' ? [] : [new vscode.NotebookCellOutput([stdout(told)])]),
    ...(failed === '' ? [] : [new vscode.NotebookCellOutput([stderr(failed)])]),
    ...evidenceOutputs(outcome.before, outcome.after, 'init'),
  ];
}

function failureText({ failure }: StepOutcome): string {
  return failure === undefined ? '' : `${escapeControlCharacters(failure)}\n`;
}

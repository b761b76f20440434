/** What stands below a step that was carried out: its calls with their answers, the failure, the evidence. Called by the controller. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { evidenceOutputs } from '../cellOutputs';
import type { StepOutcome } from './SteppedStart';
import { toldText } from './toldText';

export function stepOutputs(outcome: StepOutcome): vscode.NotebookCellOutput[] {
  const { t } = vscode.l10n;
  const told = toldText(outcome, t);
  return [
    ...(told === '' ? [] : [output(vscode.NotebookCellOutputItem.stdout(told))]),
    ...(outcome.failure === undefined ? [] : [output(failed(outcome.failure))]),
    ...evidenceOutputs(outcome.before, outcome.after, 'init'),
  ];
}

function failed(reason: string): vscode.NotebookCellOutputItem {
  const name = vscode.l10n.t('The start has failed');
  return vscode.NotebookCellOutputItem.error({ name, message: escapeControlCharacters(reason) });
}

function output(item: vscode.NotebookCellOutputItem): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([item]);
}

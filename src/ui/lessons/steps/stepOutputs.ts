/** What stands below a cell whose steps were carried out: its calls with their answers, the failure, the evidence. Called by the controller. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { evidenceOutputs } from '../cellOutputs';
import type { StepOutcome } from './SteppedStart';
import { toldHtml, toldOf, toldPlain } from './toldText';

export function stepOutputs(outcome: StepOutcome): vscode.NotebookCellOutput[] {
  const { t } = vscode.l10n;
  const { NotebookCellOutput } = vscode;
  const { steps, before, after, program } = outcome;
  const told = toldOf(outcome, t);
  const failure = steps.find((step) => step.failure !== undefined)?.failure;
  return [
    ...(told.steps.length + told.said.length === 0
      ? []
      : [new NotebookCellOutput([item(toldHtml(told), 'text/html'), item(toldPlain(told))])]),
    ...(failure === undefined ? [] : [new NotebookCellOutput([failed(failure)])]),
    // For PID 1 nothing is different then: beside it, its child shows what the step did.
    ...(program ? evidenceOutputs(after, program) : evidenceOutputs(before, after, 'init')),
  ];
}

function item(text: string, mime?: string): vscode.NotebookCellOutputItem {
  return vscode.NotebookCellOutputItem.text(text, mime);
}

function failed(reason: string): vscode.NotebookCellOutputItem {
  const name = vscode.l10n.t('The start has failed');
  return vscode.NotebookCellOutputItem.error({ name, message: escapeControlCharacters(reason) });
}

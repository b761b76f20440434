/** What stands below a cell after its run: output, lines that failed, evidence. Called by the controller. */
import * as vscode from 'vscode';
import { compareSnapshots } from '../../core/lesson/compareSnapshots';
import type { Subject } from '../../core/lesson/evidence';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { LessonRun } from '../../protocol/lesson';
import type { ProcessSnapshot } from '../../protocol/snapshot';
import { evidenceHtml, evidencePlain } from './evidenceHtml';
import { evidenceRows, evidenceSummary } from './evidenceText';

/**
 * @param lines what was typed, in their order
 * @param mayFail the lesson says that it fails
 */
export function runOutputs(
  run: LessonRun,
  lines: readonly string[],
  mayFail = false,
): vscode.NotebookCellOutput[] {
  const { t } = vscode.l10n;
  const text = run.isCut ? `${run.output}\n${t('… the terminal has the rest.')}\n` : run.output;
  const outputs: vscode.NotebookCellOutput[] = [];
  if (text !== '') outputs.push(output(vscode.NotebookCellOutputItem.stdout(text)));
  const failed = failures(run, lines, mayFail);
  if (failed !== '') outputs.push(output(vscode.NotebookCellOutputItem.stderr(failed)));
  return outputs;
}

/** A cell has succeeded where every command of it has. */
export function hasSucceeded(run: LessonRun): boolean {
  return run.lines.every(({ status = 0 }) => status === 0) && run.lines.at(-1)?.end !== 'more';
}

function failures({ lines }: LessonRun, typed: readonly string[], mayFail: boolean): string {
  const { t } = vscode.l10n;
  const told = lines.flatMap(({ status, end }, at) => {
    const line = escapeControlCharacters(typed[at] ?? '');
    if (end === 'more' && at === lines.length - 1)
      return [
        t('The shell waits for the rest of “{0}”: the cell ends in the middle of a command.', line),
      ];
    return status === undefined || status === 0
      ? []
      : [
          mayFail
            ? t('“{0}” ended with exit status {1}, as the lesson expects.', line, status)
            : t('“{0}” ended with exit status {1}.', line, status),
        ];
  });
  const over = lines.at(-1)?.end === 'over' ? [t('The shell of the lesson has ended.')] : [];
  return [...told, ...over].map((line) => `${line}\n`).join('');
}

/** @returns nothing where one of the two is not known */
export function evidenceOutputs(
  before: ProcessSnapshot | undefined,
  after: ProcessSnapshot | undefined,
  subject: Subject = 'front',
): vscode.NotebookCellOutput[] {
  if (!before || !after) return [];
  const { t } = vscode.l10n;
  const evidence = compareSnapshots(before, after, subject);
  const [summary, rows] = [evidenceSummary(evidence, t), evidenceRows(evidence, t)];
  return [
    new vscode.NotebookCellOutput(
      [
        vscode.NotebookCellOutputItem.text(evidenceHtml(summary, rows, t), 'text/html'),
        vscode.NotebookCellOutputItem.text(evidencePlain(summary, rows), 'text/plain'),
      ],
      { evidence },
    ),
  ];
}

function output(item: vscode.NotebookCellOutputItem): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([item]);
}

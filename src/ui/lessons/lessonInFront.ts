/** The lesson that a command of the notebook's toolbar is for. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { lessonType, stepsType } from './lessonType';

/** A lesson, or a start that goes step by step. @throws TerrariumError `no-lesson` */
export function notebookInFront(): vscode.NotebookDocument {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  return notebook?.notebookType === stepsType ? notebook : lessonInFront();
}

/** @throws TerrariumError `no-lesson` */
export function lessonInFront(): vscode.NotebookDocument {
  const { t } = vscode.l10n;
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook?.notebookType === lessonType) return notebook;
  throw new TerrariumError(
    'no-lesson',
    t('No lesson is in front.'),
    t('Open one with “Open as Lesson”.'),
  );
}

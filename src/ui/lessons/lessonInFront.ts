/** The lesson that a command of the notebook's toolbar is for. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { lessonType } from './lessonType';

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

/** "Restart Lesson": ends the terminal of the lesson in front, with all that it started, and clears its outputs. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { lessons } from '../lessons/register';
import { lessonType } from '../lessons/lessonType';

export async function run(): Promise<void> {
  const { t } = vscode.l10n;
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook?.notebookType !== lessonType)
    throw new TerrariumError(
      'no-lesson',
      t('No lesson is in front.'),
      t('Open one with “Open as Lesson”.'),
    );
  await lessons.controller?.restart(notebook);
  await vscode.commands.executeCommand('notebook.clearAllCellsOutputs', notebook.uri);
}

/** "Restart Lesson": ends the terminal of the lesson in front, with all that it started, and clears its outputs. */
import * as vscode from 'vscode';
import { lessonInFront } from '../lessons/lessonInFront';
import { lessons } from '../lessons/register';

export async function run(): Promise<void> {
  const notebook = lessonInFront();
  await lessons.controller?.restart(notebook);
  await vscode.commands.executeCommand('notebook.clearAllCellsOutputs', notebook.uri);
}

/**
 * "Save Lesson As…": the lesson in front as a file of the person's own, opened as a lesson. The "Save As…" of
 * VS Code looks for a place in the file system that the document comes from, and the one of the lessons that
 * come along is read-only.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { folderForLesson } from '../lessons/folderForLesson';
import { lessonInFront } from '../lessons/lessonInFront';
import { lessonType } from '../lessons/lessonType';

export async function run(): Promise<void> {
  const { t } = vscode.l10n;
  const notebook = lessonInFront();
  const { lessonBytes } = await import('../lessons/lessonTexts');
  const file = await vscode.window.showSaveDialog({
    title: t('Save Lesson As'),
    defaultUri: vscode.Uri.joinPath(
      folderForLesson(notebook.uri),
      path.posix.basename(notebook.uri.path),
    ),
    filters: { Markdown: ['md'] },
  });
  if (!file) throw new vscode.CancellationError();
  await vscode.workspace.fs.writeFile(file, lessonBytes(notebook));
  await vscode.commands.executeCommand('vscode.openWith', file, lessonType);
}

/** "Export with Results…": the lesson in front, or the start by steps, as Markdown, with outputs and evidence below each cell. */
import path from 'node:path';
import * as vscode from 'vscode';
import { folderForLesson } from '../lessons/folderForLesson';
import { notebookInFront } from '../lessons/lessonInFront';

export async function run(): Promise<void> {
  const { t } = vscode.l10n;
  const notebook = notebookInFront();
  const { name } = path.posix.parse(notebook.uri.path);
  const { exportHandout } = await import('../lessons/lessonTexts');
  const file = await vscode.window.showSaveDialog({
    title: t('Export with Results'),
    defaultUri: vscode.Uri.joinPath(folderForLesson(notebook.uri), `${t('{0}-results', name)}.md`),
    filters: { Markdown: ['md'] },
  });
  if (!file) throw new vscode.CancellationError();
  await vscode.workspace.fs.writeFile(file, exportHandout(notebook));
  await vscode.window.showTextDocument(file);
}

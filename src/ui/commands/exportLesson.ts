/** "Export Lesson with Results…": the lesson in front as Markdown, with outputs and evidence below each cell. */
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { lessonInFront } from '../lessons/lessonInFront';

export async function run(): Promise<void> {
  const { t } = vscode.l10n;
  const notebook = lessonInFront();
  const { name } = path.posix.parse(notebook.uri.path);
  const { exportHandout } = await import('../lessons/lessonTexts');
  const file = await vscode.window.showSaveDialog({
    title: t('Export Lesson with Results'),
    defaultUri: vscode.Uri.joinPath(folderFor(notebook.uri), `${t('{0}-results', name)}.md`),
    filters: { Markdown: ['md'] },
  });
  if (!file) throw new vscode.CancellationError();
  await vscode.workspace.fs.writeFile(file, exportHandout(notebook));
  await vscode.window.showTextDocument(file);
}

/** The lesson's own; for one that comes along the workspace's, or home. */
function folderFor(lesson: vscode.Uri): vscode.Uri {
  if (lesson.scheme === 'file') return vscode.Uri.joinPath(lesson, '..');
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}

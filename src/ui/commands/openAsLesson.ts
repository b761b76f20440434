/** "Open as Lesson": a Markdown file as a notebook whose shell blocks run. */
import * as vscode from 'vscode';
import { pickLesson } from '../pick/pickLesson';
import { lessonType } from '../lessons/lessonType';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const file =
    target instanceof vscode.Uri ? target : (activeMarkdown() ?? (await pickLesson(services)));
  await vscode.commands.executeCommand('vscode.openWith', file, lessonType);
}

/** The file in the active text editor, where it is Markdown on a disk. */
function activeMarkdown(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== 'markdown' || document.isUntitled) return undefined;
  return document.uri.path.endsWith('.md') ? document.uri : undefined;
}

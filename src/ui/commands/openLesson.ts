/** "Open Lesson…": one that comes with the extension, by its file's name or as the person picks it. */
import * as vscode from 'vscode';
import { lessonType } from '../lessons/lessonType';
import { lessonAlongUri, pickLesson } from '../pick/pickLesson';
import type { Services } from '../services/Services';

/** @param target name of a file in `media/lessons`, as the links of the walkthrough have it */
export async function run(services: Services, target?: unknown): Promise<void> {
  const file =
    typeof target === 'string'
      ? await lessonAlongUri(services, target)
      : await pickLesson(services);
  await vscode.commands.executeCommand('vscode.openWith', file, lessonType);
}

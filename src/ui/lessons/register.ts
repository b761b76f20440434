/** Lessons: Markdown files whose shell blocks run. Called by `extension.ts`; the rest is loaded with the first lesson. */
import * as vscode from 'vscode';
import type { TerminalServices } from '../terminal/TerminalServices';
import type { LessonController } from './LessonController';
import type { LessonSerializer } from './LessonSerializer';
import { registerAlongFiles } from './alongFiles';
import { cellLanguage, lessonType } from './lessonType';
import { codeHover } from '../services/codeHover';

/** What runs the lessons of this window; none before the first one is opened. */
export const lessons: { controller?: LessonController } = {};

export function registerLessons(services: TerminalServices): void {
  const { context } = services;
  let serializer: Promise<LessonSerializer> | undefined;
  const load = () => (serializer ??= loadLessons());
  const loadLessons = async () => {
    const { LessonController } = await import('./LessonController');
    const texts = await import('./lessonTexts');
    lessons.controller = new LessonController(services, texts);
    context.subscriptions.push(lessons.controller);
    return new texts.LessonSerializer();
  };
  context.subscriptions.push(
    registerAlongFiles(context.extensionUri),
    vscode.languages.registerHoverProvider(
      { notebookType: lessonType, language: cellLanguage },
      codeHover,
    ),
    vscode.workspace.registerNotebookSerializer(
      lessonType,
      {
        deserializeNotebook: async (content) => (await load()).deserializeNotebook(content),
        serializeNotebook: async (data) => (await load()).serializeNotebook(data),
      },
      // What a cell printed is no part of the Markdown: to run a lesson makes it no unsaved file.
      { transientOutputs: true },
    ),
  );
}

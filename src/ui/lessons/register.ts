/** Lessons: Markdown files whose shell blocks run. Called by `extension.ts`; the rest is loaded with the first lesson. */
import type { TerminalServices } from '../terminal/TerminalServices';
import type { LessonController } from './LessonController';
import type { LessonSerializer } from './LessonSerializer';
import { registerAlongFiles } from './alongFiles';
import { lessonType } from './lessonType';
import { registerNotebook } from './registerNotebook';

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
    registerNotebook(lessonType, load),
  );
}

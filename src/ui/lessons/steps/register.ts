/** Starts that go step by step, as notebooks. Called by `extension.ts`; the rest is loaded with the first such start. */
import * as vscode from 'vscode';
import { MadeFiles } from '../../services/MadeFiles';
import type { TerminalServices } from '../../terminal/TerminalServices';
import { stepsType } from '../lessonType';
import { registerNotebook } from '../registerNotebook';
import type { StepsController } from './StepsController';
import { stepsScheme } from './stepsUri';

let loading: Promise<StepsController> | undefined;

/** What runs the steps of this window. */
export function loadSteps(services: TerminalServices): Promise<StepsController> {
  return (loading ??= load(services));
}

async function load(services: TerminalServices): Promise<StepsController> {
  const { StepsController } = await import('./StepsController');
  const controller = new StepsController(services, await import('../lessonTexts'));
  services.context.subscriptions.push(controller);
  return controller;
}

export function registerSteps(services: TerminalServices): void {
  const never = new vscode.EventEmitter<vscode.Uri>(); // each start has a notebook of its own
  const serializer = async () => new (await import('../lessonTexts')).LessonSerializer();
  services.context.subscriptions.push(
    never,
    MadeFiles.register(
      stepsScheme,
      async (uri) => (await loadSteps(services)).read(uri),
      never.event,
    ),
    registerNotebook(stepsType, serializer),
  );
}

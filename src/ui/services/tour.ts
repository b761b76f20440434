/**
 * The context keys that tick the steps of the walkthrough in package.json: set when the thing has
 * happened, and not when a command was called. Called by `extension.ts` and where it happens.
 */
import * as vscode from 'vscode';
import type { Services } from './Services';

export type TourStep = 'made' | 'started' | 'looked' | 'edited';

export function tickTour(step: TourStep): void {
  void vscode.commands.executeCommand('setContext', `terrarium.tour.${step}`, true);
}

export function followTour({ context, containers }: Services): void {
  context.subscriptions.push(
    containers.onDidChange(() => {
      if (containers.live.some(({ state }) => state === 'running')) tickTour('started');
    }),
    // Who runs sees the change: of a stopped container the file would only be a file.
    vscode.workspace.onDidSaveTextDocument(({ uri: { fsPath } }) => {
      const isInside = containers.live.some(
        ({ state, rootfs }) => state === 'running' && fsPath.startsWith(`${rootfs}/`),
      );
      if (isInside) tickTour('edited');
    }),
  );
}

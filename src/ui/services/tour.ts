/**
 * Sets the context keys that complete the steps of the walkthrough (`completionEvents` in package.json).
 * A step is complete when its effect has happened, not when a command was called. Called by
 * `extension.ts` and by the parts that cause the effect.
 */
import * as vscode from 'vscode';
import type { Services } from './Services';

export type TourStep = 'made' | 'started' | 'looked' | 'edited' | 'learned';

export function tickTour(step: TourStep): void {
  void vscode.commands.executeCommand('setContext', `terrarium.tour.${step}`, true);
}

export function followTour({ context, containers }: Services): void {
  context.subscriptions.push(
    containers.onDidChange(() => {
      if (containers.live.some(({ state }) => state === 'running')) tickTour('started');
    }),
    // Only a running container sees the change.
    vscode.workspace.onDidSaveTextDocument(({ uri: { fsPath } }) => {
      const isInside = containers.live.some(
        ({ state, rootfs }) => state === 'running' && fsPath.startsWith(`${rootfs}/`),
      );
      if (isInside) tickTour('edited');
    }),
  );
}

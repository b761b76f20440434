/** Panels that VS Code brings back with the window, and the console that follows the picture. Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { TerminalServices } from '../terminal/TerminalServices';
import { pictureView, sightView, usageView } from './pageTypes';

type Restore = (typeof import('./panels'))['restoreUsage'];

export function registerPanels(services: TerminalServices): void {
  const restore = (view: string, choose: (panels: typeof import('./panels')) => Restore) =>
    vscode.window.registerWebviewPanelSerializer(view, {
      deserializeWebviewPanel: async (panel, kept: unknown) =>
        choose(await import('./panels'))(services, panel, kept),
    });
  services.context.subscriptions.push(
    restore(usageView, ({ restoreUsage }) => restoreUsage),
    restore(pictureView, ({ restorePicture }) => restorePicture),
    restore(sightView, ({ restoreSights }) => restoreSights),
    services.shared.follow('console', ({ containerId }) => {
      const bundle = services.containers.byId(containerId)?.bundle;
      if (bundle !== undefined) services.terminals.console(bundle)?.terminal.show(true);
      return Promise.resolve(false);
    }),
  );
}

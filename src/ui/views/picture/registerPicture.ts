/** The picture that VS Code brings back with the window, and the console that follows it. Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { TerminalServices } from '../../terminal/TerminalServices';
import { PicturePanel, pictureView } from './PicturePanel';

export function registerPicture(services: TerminalServices): void {
  services.context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(pictureView, {
      deserializeWebviewPanel: (panel) => PicturePanel.restore(services, panel),
    }),
    services.shared.follow('console', ({ containerId }) => {
      const bundle = services.containers.byId(containerId)?.bundle;
      if (bundle !== undefined) services.terminals.console(bundle)?.terminal.show(true);
      return Promise.resolve(false);
    }),
  );
}

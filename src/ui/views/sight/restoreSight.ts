/** The panels of sights that VS Code brings back with the window. Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { Services } from '../../services/Services';
import { SightPanel, sightView } from './SightPanel';

export function registerSights(services: Services): void {
  services.context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(sightView, {
      deserializeWebviewPanel: (panel, state: unknown) =>
        SightPanel.restore(services, panel, state),
    }),
  );
}

/** The usage panels that VS Code brings back with the window. Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { Services } from '../../services/Services';
import { UsagePanel, usageView } from './UsagePanel';

export function registerUsage(services: Services): void {
  services.context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(usageView, {
      deserializeWebviewPanel: (panel, state: unknown) =>
        UsagePanel.restore(services, panel, state),
    }),
  );
}

/** The usage panels that VS Code brings back with the window. Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { Services } from '../../services/Services';
import { restoreWebviewPages } from '../showWebviewPage';
import { UsagePanel, usageView } from './UsagePanel';
import { parseUsageState } from './parseMessages';

export function registerUsage(services: Services): void {
  restoreWebviewPages(services, {
    view: usageView,
    parse: parseUsageState,
    lost: vscode.l10n.t(
      'Here was the CPU and memory of a container. “Show CPU and Memory” shows it again.',
    ),
    fill: (panel, state) => UsagePanel.restore(services, panel, state),
  });
}

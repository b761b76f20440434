/**
 * The panels with a page of ours: CPU and memory, the picture, the table of sights. A bundle of their own,
 * dist/panels.js, loaded when one is opened or comes back with the window: imported any other way they would be in
 * VS Code's way at every start. What is open is known to this bundle alone.
 */
import * as vscode from 'vscode';
import type { Services } from '../services/Services';
import { PicturePanel } from './picture/PicturePanel';
import { restoreWebviewPage } from './showWebviewPage';
import { SightPanel } from './sight/SightPanel';
import { parseSightState } from './sight/parseMessages';
import { UsagePanel } from './usage/UsagePanel';
import { parseUsageState } from './usage/parseMessages';

export { PicturePanel, SightPanel, UsagePanel };

export function restoreUsage(services: Services, panel: vscode.WebviewPanel, kept: unknown) {
  return restoreWebviewPage(services, panel, kept, {
    parse: parseUsageState,
    lost: vscode.l10n.t(
      'Here was the CPU and memory of a container. “Show CPU and Memory” shows it again.',
    ),
    fill: (shown, state) => UsagePanel.restore(services, shown, state),
  });
}

export function restorePicture(services: Services, panel: vscode.WebviewPanel, kept: unknown) {
  return restoreWebviewPage(services, panel, kept, {
    // The picture is always that of now: whatever the page has kept, it is shown.
    parse: () => ({}),
    lost: '',
    fill: (shown) => PicturePanel.restore(services, shown),
  });
}

export function restoreSights(services: Services, panel: vscode.WebviewPanel, kept: unknown) {
  return restoreWebviewPage(services, panel, kept, {
    parse: parseSightState,
    lost: vscode.l10n.t('Here was what processes see. “What Each Process Sees” shows it again.'),
    fill: (shown, state) => SightPanel.restore(services, shown, state),
  });
}

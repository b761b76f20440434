/** The panels of sights that VS Code brings back with the window. Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { Services } from '../../services/Services';
import { restoreWebviewPages } from '../showWebviewPage';
import { SightPanel, sightView } from './SightPanel';
import { parseSightState } from './parseMessages';

export function registerSights(services: Services): void {
  restoreWebviewPages(services, {
    view: sightView,
    parse: parseSightState,
    lost: vscode.l10n.t('Here was what processes see. “What Each Process Sees” shows it again.'),
    fill: (panel, state) => SightPanel.restore(services, panel, state),
  });
}

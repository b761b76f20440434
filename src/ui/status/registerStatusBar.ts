/** A status bar item with the number of running containers. Hidden where none runs. Called by `extension.ts`. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Services } from '../services/Services';

export function registerStatusBar({ containers, context }: Services): void {
  const item = vscode.window.createStatusBarItem('terrarium', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Terrarium';
  item.command = 'terrarium.containers.focus';
  const update = () => {
    const { all, live } = containers;
    if (all.length === 0) {
      item.hide();
      return;
    }
    const icon = live.length > 0 ? 'vm-running' : 'vm-outline';
    item.text = `$(${icon}) ${live.length}`;
    const tooltip =
      live.length === 0
        ? vscode.l10n.t('Terrarium: no container runs')
        : vscode.l10n.t(
            'Terrarium: {0}',
            live.map(({ name }) => escapeControlCharacters(name)).join(', '),
          );
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: tooltip };
    item.show();
  };
  update();
  context.subscriptions.push(item, containers.onDidChange(update));
}

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
    const { t } = vscode.l10n;
    const named = live.map(({ name, state, info }) => {
      const shown = escapeControlCharacters(name);
      const wait = state === 'starting' ? info?.waitsAt : undefined;
      return wait ? t('{0} (waits at step {1} of {2})', shown, wait.gate + 1, wait.gates) : shown;
    });
    const tooltip =
      live.length === 0 ? t('Terrarium: no container runs') : t('Terrarium: {0}', named.join(', '));
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: tooltip };
    item.show();
  };
  update();
  context.subscriptions.push(item, containers.onDidChange(update));
}

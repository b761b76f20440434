/** The rows of the Processes view that stand for no single process: a container, its sum, an error, the rest of a list. */
import * as vscode from 'vscode';
import type { StepsWait } from '../../../protocol/steps';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { formatBytes, sparkline } from '../../../core/tree/formatAmounts';
import { commandIds } from '../../commandIds';
import type { ProcessesOf } from '../../services/ProcessStore';

/**
 * @param name of the container, visible
 * @param paused shown here only: the kernel reports frozen processes as sleeping
 */
export function runningItem(id: string, name: string, paused: boolean): vscode.TreeItem {
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `running:${id}`;
  item.iconPath = paused
    ? new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('charts.yellow'))
    : new vscode.ThemeIcon('vm-running', new vscode.ThemeColor('charts.green'));
  if (paused) item.description = t('paused');
  item.contextValue = 'runningContainer';
  item.tooltip = paused
    ? t('The processes of {0}, all frozen where they are until it is resumed', name)
    : t('The processes of {0}', name);
  item.accessibilityInformation = {
    label: paused
      ? t('Processes of container {0}, paused', name)
      : t('Processes of container {0}', name),
  };
  return item;
}

/** A container whose start waits. @param name visible */
export function waitingItem(id: string, name: string, { gate, gates }: StepsWait): vscode.TreeItem {
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  const waits = t('waits at step {0} of {1}', gate + 1, gates);
  item.id = `running:${id}`;
  item.iconPath = new vscode.ThemeIcon(
    'debug-line-by-line',
    new vscode.ThemeColor('charts.yellow'),
  );
  item.description = waits;
  item.contextValue = 'waitingContainer';
  item.tooltip = t('{0} is being started step by step: its program does not run yet.', name);
  item.accessibilityInformation = { label: t('Processes of container {0}, {1}', name, waits) };
  return item;
}

/** What there is of it: PID 1, which becomes its program. @param pid on the host; undefined before it is made */
export function waitingPid1Item(id: string, pid: number | undefined): vscode.TreeItem {
  const { t } = vscode.l10n;
  const label = pid === undefined ? t('No process yet') : t('PID 1');
  const item = new vscode.TreeItem(label);
  item.id = `waiting:${id}`;
  item.description =
    pid === undefined
      ? t('a later step makes PID 1')
      : t('prepares the container · {0} outside', pid);
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  if (pid === undefined) return item;
  item.iconPath = new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('charts.yellow'));
  item.tooltip = t(
    'It carries the steps out, and waits before the next one. With the last step it becomes the program of the container, or starts it.',
  );
  return item;
}

/** @param command of the shell, visible; empty for the usual one */
export function waitingShellItem(id: string, stream: string, command: string): vscode.TreeItem {
  const { t } = vscode.l10n;
  const label = command || t('shell');
  const item = new vscode.TreeItem(label);
  item.id = `shell:${id}:${stream}`;
  item.iconPath = new vscode.ThemeIcon('terminal');
  item.description = t('opened at this point');
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  item.tooltip = t('It ends before the program of the container begins.');
  return item;
}

/**
 * @param name of the container, visible
 * @param row argument of the command that opens the chart
 */
export function usageItem(
  name: string,
  row: { readonly containerId: string },
  {
    total: { processes, memory, isUpperBound, isPending },
    load,
  }: Pick<ProcessesOf, 'total' | 'load'>,
): vscode.TreeItem {
  const { t } = vscode.l10n;
  const count = processes === 1 ? t('1 process') : t('{0} processes', processes);
  const cpu = t('{0}% CPU', load.at(-1) ?? 0);
  const amount = formatBytes(memory);
  const used = `${cpu} · ${isUpperBound || isPending ? t('at most {0}', amount) : amount}`;
  const item = new vscode.TreeItem(t('All processes'));
  item.id = `usage:${row.containerId}`;
  item.iconPath = new vscode.ThemeIcon('pulse', new vscode.ThemeColor('charts.blue'));
  // The height is one CPU, or the highest value where that is more.
  item.description = `${used} · ${count} ${sparkline(load, Math.max(100, ...load))}`;
  item.contextValue = 'usage';
  item.tooltip = t(
    'What all processes of {0} use together. The picture is their CPU use. “At most”: what some share is counted more than once. Click it for a chart.',
    name,
  );
  item.command = { command: commandIds.showUsage, title: '', arguments: [row] };
  item.accessibilityInformation = { label: t('All processes of {0}: {1}, {2}', name, used, count) };
  return item;
}

export function errorItem(id: string, message: string): vscode.TreeItem {
  const item = new vscode.TreeItem(escapeControlCharacters(message));
  item.id = `error:${id}`;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.tooltip = vscode.l10n.t(
    '{0} The rows below are the last that could be read.',
    escapeControlCharacters(message),
  );
  return item;
}

/** @param filter that no process of this container matches */
export function noMatchItem(id: string, filter: string): vscode.TreeItem {
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(t('No match'));
  item.id = `noMatch:${id}`;
  item.iconPath = new vscode.ThemeIcon('filter');
  item.description = t('Click to clear the filter');
  item.tooltip = t(
    'No process matches “{0}”. Click to show all again.',
    escapeControlCharacters(filter),
  );
  item.command = { command: commandIds.clearProcessFilter, title: '' };
  return item;
}

/** The rest of a long list. */
export function moreItem(id: string, left: number, command: vscode.Command): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('{0} more…', left));
  item.id = `more:${id}`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.tooltip = vscode.l10n.t('Show more of them here; a filter finds one of them at once.');
  item.command = command;
  return item;
}

/** How one row of the Processes view looks. */
import * as vscode from 'vscode';
import type { ProcessInfo } from '../../../protocol/processes';
import { visible } from '../../../core/text/visible';
import { type SortOrder, isOrphan, memoryOf } from '../../../core/tree/arrange';
import { describeState, explainState } from '../../../core/tree/describe';
import { processLabel } from '../../../core/tree/processLabel';
import { formatBytes, formatElapsed, sparkline } from '../../../core/tree/formatAmounts';
import { commandIds } from '../../commandIds';
import type { ProcessesOf } from '../../services/ProcessStore';
import { escapeMarkdown } from '../../model/markdown';
import { type ProcessColumn, processColumns } from '../../model/processColumns';

export interface ProcessItemOptions {
  readonly columns: readonly string[];
  readonly userName: (uid: number) => string;
  readonly isPinned: boolean;
  readonly hasChildren: boolean;
  /** What the rows are sorted by is said first, also where it is no column. */
  readonly sort: SortOrder;
}

/**
 * @param name of the container, visible
 * @param paused to the kernel what is frozen still sleeps, so only this row can say it
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

/**
 * @param name of the container, visible
 * @param row what the chart is opened with
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
  // The picture is as high as one CPU, or as the most that was used.
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
  const item = new vscode.TreeItem(visible(message));
  item.id = `error:${id}`;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.tooltip = vscode.l10n.t(
    '{0} The rows below are the last that could be read.',
    visible(message),
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
  item.tooltip = t('No process matches “{0}”. Click to show all again.', visible(filter));
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

/** @param info undefined where it has ended since the view asked: the next redraw takes it away */
export function processItem(
  id: string,
  info: ProcessInfo | undefined,
  look: ProcessItemOptions,
): vscode.TreeItem {
  const { None, Expanded } = vscode.TreeItemCollapsibleState;
  const showsCommand = look.columns.includes('command');
  const { text: label = '', isWhole = true } = info
    ? showsCommand
      ? processLabel(info)
      : { text: visible(info.name), isWhole: true }
    : {};
  const item = new vscode.TreeItem(label, look.hasChildren ? Expanded : None);
  item.id = id;
  if (!info) return item;
  const words = columnsInOrder(info, look)
    .filter((column) => column !== 'command' || !isWhole)
    .map((column) => columnText(column, info, look))
    .filter((text) => text !== '');
  const said = marks(info, look);
  item.description = [...said, ...words].join(' · ');
  item.iconPath = iconOf(info, look);
  item.contextValue = `process${contextOf(info)}`;
  // The icon says the state to who sees it.
  const state = vscode.l10n.t(describeState(info.state));
  const heard = words.includes(state) ? [...said, ...words] : [...said, state, ...words];
  item.accessibilityInformation = { label: [label, ...heard].join(', ') };
  return item;
}

/** For the `when` clauses of package.json. */
function contextOf({ state }: ProcessInfo): string {
  if (state === 'T') return '.stopped';
  return state === 'Z' || state === 'X' ? '.ended' : '';
}

/** What one sorted by comes first, then what stands out, then the setting's columns. */
function columnsInOrder(
  { state }: ProcessInfo,
  { columns: chosen, sort }: ProcessItemOptions,
): ProcessColumn[] {
  const sorted = sort === 'cpu' || sort === 'memory' ? [sort] : [];
  // Running comes and goes; what follows it would move.
  const standsOut = state !== 'R' && chosen.includes('state') ? ['state' as const] : [];
  const others = processColumns.filter((column) => chosen.includes(column));
  return [...new Set<ProcessColumn>([...sorted, ...standsOut, ...others])];
}

function columnText(
  column: ProcessColumn,
  info: ProcessInfo,
  { userName, sort }: ProcessItemOptions,
): string {
  const { t } = vscode.l10n;
  switch (column) {
    case 'pid':
      return t('PID {0}', info.pid);
    case 'hostPid':
      return t('host {0}', info.hostPid);
    case 'state':
      return info.state === 'S' ? '' : t(describeState(info.state)); // most sleep
    case 'user':
      return visible(userName(info.uid));
    case 'cpu':
      return info.cpu === 0 && sort !== 'cpu' ? '' : t('{0}% CPU', info.cpu); // most use none
    case 'memory':
      // Which of the two it is depends on the process: they are not to be compared.
      if (info.state === 'Z') return '';
      return `${formatBytes(memoryOf(info))} ${info.pss === undefined ? 'RSS' : 'PSS'}`;
    case 'threads':
      return info.threads === 1 ? '' : t('{0} threads', info.threads);
    case 'elapsed':
      return formatElapsed(Date.now() - info.startedAt);
    case 'command':
      return visible(info.commandLine.slice(0, 200));
  }
}

/** What makes a process stand out, in words. */
function marks(info: ProcessInfo, { isPinned, userName }: ProcessItemOptions): string[] {
  const { t } = vscode.l10n;
  return [
    ...(isPinned ? [t('pinned')] : []),
    ...(actsAsAnother(info) ? [t('acts as {0}', visible(userName(info.euid)))] : []),
    ...(isOrphan(info) ? [t('orphan')] : []),
    ...(info.mainThreadEnded ? [t('main thread has ended')] : []),
  ];
}

/** credentials(7): execve(2) of a set-user-ID program does it, and seteuid(2) and its like. */
function actsAsAnother({ uid, euid }: ProcessInfo): boolean {
  return uid !== euid;
}

function iconOf(info: ProcessInfo, { isPinned }: ProcessItemOptions): vscode.ThemeIcon {
  const icon = (name: string, colour: string) =>
    new vscode.ThemeIcon(name, new vscode.ThemeColor(colour));
  switch (info.state) {
    case 'Z':
    case 'X':
      return icon('circle-slash', 'charts.red');
    case 'T':
    case 't':
      return icon('debug-pause', 'charts.yellow');
    case 'D':
    case 'K':
      return icon('circle-filled', 'charts.orange');
  }
  if (isPinned) return icon('pinned', 'charts.blue');
  if (actsAsAnother(info)) return icon('shield', 'charts.orange');
  if (info.state === 'R') return icon('circle-filled', 'charts.green');
  return icon('circle-outline', 'descriptionForeground');
}

/** All that is known, for the hover: made when somebody hovers. */
export function processTooltip(
  info: ProcessInfo,
  look: Pick<ProcessItemOptions, 'userName'>,
): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const user = (uid: number) => escapeMarkdown(look.userName(uid));
  const explanation = explainState(info.state);
  const command = info.commandLine === '' ? t('(no command line)') : info.commandLine;
  const memory = info.pssUnread
    ? t('At most {0} in memory (RSS: what it shares counts in full)', formatBytes(info.rss))
    : info.pss === undefined
      ? t('{0} in memory (RSS: what it shares counts in full)', formatBytes(info.rss))
      : t(
          '{0} in memory (PSS: what it shares is divided; RSS is {1})',
          formatBytes(info.pss),
          formatBytes(info.rss),
        );
  const lines = [
    `**${escapeMarkdown(info.name)}** ${escapeMarkdown(command.slice(0, 1000))}`,
    t('PID {0} in the container, {1} on the host', info.pid, info.hostPid),
    `${t(describeState(info.state))}${explanation === undefined ? '' : `: ${escapeMarkdown(t(explanation))}`}`,
    t('User {0} ({1})', user(info.uid), info.uid),
    ...(actsAsAnother(info)
      ? [
          t(
            'Its effective user is {0}: a set-user-ID program, or it called seteuid(2).',
            user(info.euid),
          ),
        ]
      : []),
    ...(info.mainThreadEnded
      ? [t('Its main thread has ended, and others run on. ps(1) calls it a zombie.')]
      : []),
    ...(isOrphan(info)
      ? [t('The process that started it has ended; PID {0} adopted it.', info.ppid)]
      : []),
    memory,
    t(
      '{0}% of one CPU · nice {1} · {2}',
      info.cpu,
      info.nice,
      info.threads === 1 ? t('1 thread') : t('{0} threads', info.threads),
    ),
    t('Running for {0}', formatElapsed(Date.now() - info.startedAt)),
  ];
  return new vscode.MarkdownString(lines.join('\n\n'));
}

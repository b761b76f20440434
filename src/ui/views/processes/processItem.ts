/** The `TreeItem` of a process in the Processes view. Called by `ProcessesProvider`. */
import * as vscode from 'vscode';
import type { ProcessInfo } from '../../../protocol/processes';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { type SortOrder, isOrphan, memoryOf } from '../../../core/tree/arrange';
import { describeState } from '../../../core/tree/describe';
import { processLabel } from '../../../core/tree/processLabel';
import { formatBytes, formatElapsed } from '../../../core/tree/formatAmounts';
import { type ProcessColumn, processColumns } from '../../model/processColumns';

export interface ProcessItemOptions {
  readonly columns: readonly string[];
  readonly userName: (uid: number) => string;
  readonly isPinned: boolean;
  readonly hasChildren: boolean;
  /** CPU or memory stands first where the rows are sorted by it, also where it is no column. */
  readonly sort: SortOrder;
}

/** @param info undefined where the process has ended: the next redraw removes the row */
export function processItem(
  id: string,
  info: ProcessInfo | undefined,
  options: ProcessItemOptions,
): vscode.TreeItem {
  const { None, Expanded } = vscode.TreeItemCollapsibleState;
  const showsCommand = options.columns.includes('command');
  const { text: label = '', isWhole = true } = info
    ? showsCommand
      ? processLabel(info)
      : { text: escapeControlCharacters(info.name), isWhole: true }
    : {};
  const item = new vscode.TreeItem(label, options.hasChildren ? Expanded : None);
  item.id = id;
  if (!info) return item;
  const columns = columnsInOrder(info, options)
    .filter((column) => column !== 'command' || !isWhole)
    .map((column) => columnText(column, info, options))
    .filter((text) => text !== '');
  // Last, because it is the same in most rows of a container.
  if (info.emulated !== undefined) columns.push(vscode.l10n.t('emulated ({0})', info.emulated));
  const marked = marks(info, options);
  item.description = [...marked, ...columns].join(' · ');
  item.iconPath = iconOf(info, options);
  item.contextValue = `process${contextOf(info)}`;
  // A screen reader reads no icon: the label has the state.
  const state = vscode.l10n.t(describeState(info.state));
  const spoken = columns.includes(state) ? [...marked, ...columns] : [...marked, state, ...columns];
  item.accessibilityInformation = { label: [label, ...spoken].join(', ') };
  return item;
}

/** For the `when` clauses of package.json. */
function contextOf({ state }: ProcessInfo): string {
  if (state === 'T') return '.stopped';
  return state === 'Z' || state === 'X' ? '.ended' : '';
}

/** The sorted column first, then an unusual state, then the columns of the setting. */
function columnsInOrder(
  { state }: ProcessInfo,
  { columns: chosen, sort }: ProcessItemOptions,
): ProcessColumn[] {
  const sorted = sort === 'cpu' || sort === 'memory' ? [sort] : [];
  // R changes every second: the columns after it would move.
  const unusual = state !== 'R' && chosen.includes('state') ? ['state' as const] : [];
  const others = processColumns.filter((column) => chosen.includes(column));
  return [...new Set<ProcessColumn>([...sorted, ...unusual, ...others])];
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
      return escapeControlCharacters(userName(info.uid));
    case 'cpu':
      return info.cpu === 0 && sort !== 'cpu' ? '' : t('{0}% CPU', info.cpu); // most use none
    case 'memory':
      // PSS where the kernel tells it, RSS otherwise: the two cannot be compared.
      if (info.state === 'Z') return '';
      return `${formatBytes(memoryOf(info))} ${info.pss === undefined ? 'RSS' : 'PSS'}`;
    case 'threads':
      return info.threads === 1 ? '' : t('{0} threads', info.threads);
    case 'elapsed':
      return formatElapsed(Date.now() - info.startedAt);
    case 'command':
      return escapeControlCharacters(info.commandLine.slice(0, 200));
  }
}

/** Labels for what is unusual in a process. */
function marks(info: ProcessInfo, { isPinned, userName }: ProcessItemOptions): string[] {
  const { t } = vscode.l10n;
  return [
    ...(isPinned ? [t('pinned')] : []),
    ...(actsAsAnother(info)
      ? [t('acts as {0}', escapeControlCharacters(userName(info.euid)))]
      : []),
    ...(isOrphan(info) ? [t('orphan')] : []),
    ...(info.mainThreadEnded ? [t('main thread has ended')] : []),
  ];
}

/** Whether real and effective user differ: after execve(2) of a set-user-ID program, or seteuid(2). */
export function actsAsAnother({ uid, euid }: ProcessInfo): boolean {
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

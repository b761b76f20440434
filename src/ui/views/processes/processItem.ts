/** How one row of the Processes view looks. */
import * as vscode from 'vscode';
import type { ProcessInfo } from '../../../protocol/processes';
import { visible } from '../../../core/text/visible';
import { describeState, explainState } from '../../../core/tree/describe';
import type { ProcessNode } from '../../../core/tree/processTree';
import type { Container } from '../../model/container';
import { escapeMarkdown } from '../../model/markdown';

export function runningItem(id: string, container: Container | undefined): vscode.TreeItem {
  const name = visible(container?.name ?? id);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `running:${id}`;
  item.iconPath = new vscode.ThemeIcon('vm-running', new vscode.ThemeColor('charts.green'));
  item.contextValue = 'runningContainer';
  item.tooltip = vscode.l10n.t('The processes of {0}', name);
  item.accessibilityInformation = { label: vscode.l10n.t('Processes of container {0}', name) };
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

/** @param node undefined where it has ended since the view asked: the next redraw takes it away */
export function processItem(key: string, node: ProcessNode | undefined): vscode.TreeItem {
  const { None, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(
    node ? visible(node.info.name) : '',
    node?.children.length ? Expanded : None,
  );
  item.id = `process:${key}`;
  if (!node) return item;
  const { info } = node;
  const description = vscode.l10n.t(
    'PID {0} · host {1} · {2}',
    info.pid,
    info.hostPid,
    describeState(info.state),
  );
  item.description = description;
  item.iconPath = iconOf(info);
  item.contextValue = 'process';
  item.tooltip = tooltipOf(info);
  item.accessibilityInformation = { label: `${visible(info.name)}, ${description}` };
  return item;
}

function iconOf({ state }: ProcessInfo): vscode.ThemeIcon {
  switch (state) {
    case 'R':
      return new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('charts.green'));
    case 'Z':
    case 'X':
      return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('charts.red'));
    case 'T':
    case 't':
      return new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('charts.yellow'));
    case 'D':
    case 'K':
      return new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('charts.orange'));
    default:
      return new vscode.ThemeIcon('circle-outline', new vscode.ThemeColor('descriptionForeground'));
  }
}

const kib = 1024;

function tooltipOf(info: ProcessInfo): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const explanation = explainState(info.state);
  const command = info.commandLine === '' ? t('(no command line)') : info.commandLine;
  const lines = [
    `**${escapeMarkdown(info.name)}** ${escapeMarkdown(command)}`,
    t('PID {0} in the container, {1} on the host', info.pid, info.hostPid),
    ...(explanation === undefined ? [] : [escapeMarkdown(explanation)]),
    t(
      'User {0} · {1} KiB in memory · {2} threads',
      info.uid,
      Math.round(info.rss / kib),
      info.threads,
    ),
  ];
  return new vscode.MarkdownString(lines.join('\n\n'));
}

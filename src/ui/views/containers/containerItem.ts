/** The `TreeItem` of a container in the Containers view. Called by `ContainersProvider`. */
import * as vscode from 'vscode';
import type { ContainerExit, ContainerInfo } from '../../../protocol/container';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { EditedBelow } from '../../services/EditsBelow';
import { type Container, isDeletable } from '../../model/container';
import { escapeMarkdown } from '../../model/markdown';
import { containerStates } from '../../model/words/containerStates';
import { tableWord } from '../../model/words/WordTable';

export interface ContainerItemOptions {
  /** Another container has the same name: the description has the folder. */
  readonly showPlace: boolean;
  /** Paths of the workspace's folders. */
  readonly openFolders: readonly string[];
  /** Its rootfs was, below the layer that it runs on. */
  readonly edited?: EditedBelow | undefined;
}

export function containerItem(
  container: Container,
  { showPlace, openFolders, edited }: ContainerItemOptions,
): vscode.TreeItem {
  const item = new vscode.TreeItem(escapeControlCharacters(container.name));
  const description = describe(container, showPlace, edited);
  item.id = container.bundle;
  item.description = description;
  item.iconPath = iconOf(container);
  const paused = container.info?.paused ? '.paused' : '';
  const waiting = waitsAt(container) ? '.waiting' : '';
  const deletable = isDeletable(container, openFolders) ? '.deletable' : '';
  const warned = container.info?.warnings?.length ? '.warned' : '';
  const taken = container.isTaken ? '.taken' : '';
  const layered = container.hasLayer ? '.layered' : '';
  const marked = container.hasBaseline ? '.marked' : '';
  item.contextValue = `container.${container.state}${waiting}${paused}${container.isBundle ? '.bundle' : ''}${deletable}${warned}${taken}${layered}${marked}`;
  item.tooltip = tooltipOf(container);
  item.accessibilityInformation = {
    label: vscode.l10n.t(
      'Container {0}, {1}',
      escapeControlCharacters(container.name),
      description,
    ),
  };
  return item;
}

function describe(
  { state, info, folder, isAmbiguous, hasLayer }: Container,
  showPlace: boolean,
  edited: EditedBelow | undefined,
): string {
  const labels = [stateText(state, info)];
  if (edited)
    labels.push(
      edited === 'old' ? vscode.l10n.t('restart to see edits') : vscode.l10n.t('rootfs edited'),
    );
  if (state === 'stopped' ? hasLayer : info?.layer) labels.push(vscode.l10n.t('scratch layer'));
  if (info && state !== 'stopped')
    labels.push(privilegeText(info.privilege), ...(info.engine === 'builtin' ? [] : [info.engine]));
  if (info && state === 'stopped' && info.failure)
    labels.push(info.asked ? vscode.l10n.t('start cancelled') : vscode.l10n.t('did not start'));
  else if (info?.exit && state === 'stopped') labels.push(exitText(info.exit, info.asked));
  if (isAmbiguous) labels.push(vscode.l10n.t('bundle or root filesystem?'));
  if (showPlace)
    labels.push(escapeControlCharacters(vscode.workspace.asRelativePath(folder, true)));
  return labels.join(' · ');
}

/** How the container ended, in a few words. The tooltip has the whole sentence. */
function exitText({ code, signal, outOfMemory, reboot }: ContainerExit, asked = false): string {
  const { t } = vscode.l10n;
  if (outOfMemory) return t('out of memory');
  if (reboot)
    return asked ? t('on request') : reboot === 'halt' ? t('halted itself') : t('rebooted itself');
  if (asked)
    return signal === undefined
      ? t('on request')
      : t('on request, with {0}', escapeControlCharacters(signal));
  return signal === undefined
    ? t('exit code {0}', code)
    : t('ended by {0}', escapeControlCharacters(signal));
}

function waitsAt({ state, info }: Pick<Container, 'state' | 'info'>) {
  return state === 'starting' ? info?.waitsAt : undefined;
}

function stateText(state: Container['state'], info: Container['info']): string {
  const { t } = vscode.l10n;
  if (info?.paused) return t('paused');
  const step = waitsAt({ state, info });
  if (step) return t('waits at step {0} of {1}', step.gate + 1, step.gates);
  return {
    starting: t('starting'),
    running: t('running'),
    stopping: t('stopping'),
    stopped: t('stopped'),
  }[state];
}

/** A value of the setting `terrarium.privilege`, or "root" where no sudo was needed. */
function privilegeText(privilege: 'root' | 'rootless'): string {
  return privilege === 'root' && process.geteuid?.() !== 0 ? 'sudo' : privilege;
}

function engineText(engine: ContainerInfo['engine']): string {
  return engine === 'builtin' ? vscode.l10n.t('built-in') : engine;
}

function iconOf({ state, info }: Container): vscode.ThemeIcon {
  const colour = (name: string) => new vscode.ThemeColor(name);
  switch (state) {
    case 'running':
      if (info?.paused) return new vscode.ThemeIcon('debug-pause', colour('charts.yellow'));
      return new vscode.ThemeIcon('vm-running', colour('charts.green'));
    case 'starting':
      if (info?.waitsAt) return new vscode.ThemeIcon('debug-line-by-line', colour('charts.yellow'));
      return new vscode.ThemeIcon('loading~spin', colour('charts.yellow'));
    case 'stopping':
      return new vscode.ThemeIcon('loading~spin', colour('charts.yellow'));
    case 'stopped':
      return info?.failure && !info.asked
        ? new vscode.ThemeIcon('warning', colour('list.warningForeground'))
        : new vscode.ThemeIcon('vm-outline', colour('disabledForeground'));
  }
}

function tooltipOf({ name, bundle, state, info, isAmbiguous }: Container): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const shown = info?.paused ? 'paused' : state;
  const meaning = tableWord(containerStates(t), shown);
  const lines = [
    `**${escapeMarkdown(name)}**: ${stateText(state, info)}`,
    ...(meaning ? [`${meaning.text} ${meaning.section}`] : []),
    escapeMarkdown(bundle),
  ];
  if (info && state !== 'stopped') {
    lines.push(
      t('Privilege: {0}', privilegeText(info.privilege)),
      t('Engine: {0}', engineText(info.engine)),
    );
    if (info.hostPid !== undefined) lines.push(t('Host PID of its PID 1: {0}', info.hostPid));
    lines.push(
      t('Since: {0}', escapeMarkdown(new Date(info.startedAt).toLocaleString(vscode.env.language))),
    );
  } else if (isAmbiguous) {
    lines.push(
      t(
        'Beside its config.json lies a bin/sh, so the folder could also be a root filesystem itself. It does not start before one of the two is gone.',
      ),
    );
  } else if (info?.failure) lines.push(escapeMarkdown(info.failure));
  else if (info?.exit) lines.push(escapeMarkdown(info.exit.message));
  if (info?.warnings?.length) lines.push(t('Warnings at its start: {0}', info.warnings.length));
  return new vscode.MarkdownString(lines.join('\n\n'));
}

/**
 * Finds the container that a command acts on: its row or file, the only candidate, or the choice from a
 * list. Called by every command on containers.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { commandIds } from '../commandIds';
import { type Container, isLive } from '../model/container';
import type { Services } from '../services/Services';
import { type Action, ActionError, newContainerAction, startAction } from '../showError';
import { withoutIcons } from '../model/withoutIcons';
import { isContainerRow } from '../model/rows';

export interface PickOptions {
  readonly title: string;
  /** Whether the command can act on a container. */
  readonly accepts: (container: Container) => boolean;
  /** The error where no container is accepted: problem and remedy. */
  readonly none: Refusal;
  /**
   * The error where the command was called on a container that is not accepted. Without it the command
   * acts on any container that it is called on.
   */
  readonly unfit?: (container: Container) => Refusal;
}

export type Refusal = readonly [problem: string, remedy: string, ...help: Action[]];

/** @throws CancellationError, TerrariumError `no-folder`, `no-container`, `no-candidate`, `unfit`, `not-a-bundle` */
export async function pickContainer(
  services: Services,
  target: unknown,
  options: PickOptions,
): Promise<Container> {
  const { containers } = services;
  if (isContainerRow(target)) return requireFit(fresh(services, target.container), options);
  if (target instanceof vscode.Uri) return requireFit(await atFile(services, target), options);
  await requireAny(services);
  const candidates = containers.all.filter(options.accepts);
  if (candidates.length === 0) throw refused('no-candidate', options.none);
  if (candidates.length === 1) return candidates[0]!;
  const picked = await vscode.window.showQuickPick(candidates.map(toItem), {
    title: options.title,
    placeHolder: vscode.l10n.t('Which container?'),
    matchOnDescription: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return requireFit(fresh(services, picked.container), options);
}

/** @throws TerrariumError `no-folder`, `no-container` */
export async function requireAny({ containers }: Pick<Services, 'containers'>): Promise<void> {
  await containers.ready();
  if (containers.all.length === 0) await containers.refresh();
  if (containers.all.length === 0)
    throw nothingThere(containers.discovery.rootfsFolders.length > 0);
}

/** A row may be outdated, and a user's keybinding has no `when` clause of a menu. */
function requireFit(container: Container, { accepts, unfit }: PickOptions): Container {
  if (unfit && !accepts(container)) throw refused('unfit', unfit(container));
  return container;
}

function refused(code: string, [problem, remedy, ...help]: Refusal): TerrariumError {
  const error = new TerrariumError(code, problem, remedy);
  return help.length > 0 ? new ActionError(error, help) : error;
}

/** For commands that need a running container: this one does not run. */
export function notRunning({ name, bundle }: Container): Refusal {
  const { t } = vscode.l10n;
  const problem = t('{0} is not running.', escapeControlCharacters(name));
  return [problem, t('Start it first.'), startAction(vscode.Uri.file(bundle))];
}

/** For commands that need a running container: none runs. */
export function noneRunning(): Refusal {
  const { t } = vscode.l10n;
  return [t('No container is running.'), t('Start one first.'), startAction()];
}

/** For commands on a config.json. @throws as `pickContainer` */
export function pickWithConfig(
  services: Services,
  target: unknown,
  title: string,
): Promise<Container> {
  return pickContainer(services, target, {
    title,
    accepts: ({ isBundle }) => isBundle,
    none: noneWithConfig(),
    unfit: withoutConfig,
  });
}

/** For commands on a config.json: no container has one. */
export function noneWithConfig(): Refusal {
  const { t } = vscode.l10n;
  return [
    t('No container of this workspace has a config.json.'),
    t('Make one with "New Container…".'),
    newContainerAction(),
  ];
}

/** For commands on a config.json: this container has none. */
export function withoutConfig({ name }: Container): Refusal {
  return [
    vscode.l10n.t('{0} has no config.json in this workspace.', escapeControlCharacters(name)),
    vscode.l10n.t('Choose a container that has one, or open its folder.'),
  ];
}

/** The present state of a container: a row may be outdated. */
function fresh({ containers }: Services, old: Container): Container {
  return containers.all.find(({ bundle }) => bundle === old.bundle) ?? old;
}

async function atFile({ containers }: Services, uri: vscode.Uri): Promise<Container> {
  const isConfig = path.basename(uri.fsPath) === 'config.json';
  const folder = isConfig ? path.dirname(uri.fsPath) : uri.fsPath;
  const found = await containers.find(folder);
  if (found) return found;
  await containers.refresh();
  const then = await containers.find(folder);
  if (then) return then;
  throw new TerrariumError(
    'not-a-bundle',
    vscode.l10n.t(
      '{0} is no container: it has no config.json beside a folder rootfs.',
      escapeControlCharacters(folder),
    ),
    vscode.l10n.t('Choose another folder, or make a container with "New Container…".'),
  );
}

/** @param trees whether the workspace has root filesystems that are no bundles */
function nothingThere(trees: boolean): TerrariumError {
  const { t } = vscode.l10n;
  if (!vscode.workspace.workspaceFolders?.length) return noFolder();
  return new ActionError(
    new TerrariumError(
      'no-container',
      t('There is no container in this workspace.'),
      t('Make one with "New Container…".'),
    ),
    [
      newContainerAction(),
      ...(trees
        ? [
            {
              title: t('Start a Root Filesystem'),
              run: () => vscode.commands.executeCommand(commandIds.startFolder),
            },
          ]
        : []),
    ],
  );
}

/** For commands that need an open folder. */
export function noFolder(): ActionError {
  const { t } = vscode.l10n;
  return new ActionError(
    new TerrariumError(
      'no-folder',
      t('No folder is open.'),
      t('Open the folder that is to hold your containers.'),
    ),
    [{ title: t('Open Folder'), run: () => vscode.commands.executeCommand('vscode.openFolder') }],
  );
}

function toItem(container: Container): vscode.QuickPickItem & { container: Container } {
  const icon = isLive(container) ? 'vm-running' : 'vm-outline';
  return {
    container,
    label: `$(${icon}) ${withoutIcons(container.name)}`,
    description: container.state,
    detail: withoutIcons(vscode.workspace.asRelativePath(container.folder)),
  };
}

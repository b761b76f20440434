/**
 * "New Container…": asks for name, folder and starting point, makes the bundle and opens its config.json; or makes
 * it of an archive, an image or a folder.
 */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type StartingPoint, startingPoints } from '../../core/config/templates';
import { installCommand, readOsRelease } from '../../core/bundle/busyboxPackage';
import { promptNameAndFolder } from '../pick/promptNameAndFolder';
import type { Services } from '../services/Services';
import { importContainer } from '../services/importContainer';
import { makeContainer } from '../services/makeContainer';
import { requireTrustedLinux } from '../services/trust';
import { showMessage } from '../notifications';
import { type Action, ActionError } from '../showError';
import { commandIds } from '../commandIds';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { name, parent } = await promptNameAndFolder(target);
  const startingPoint = await pickStartingPoint();
  if (typeof startingPoint === 'string') {
    const source = await pickSource(startingPoint);
    return importContainer(services, { source, parent, name });
  }
  const { findBusybox } = await import('../../core/lazy');
  const busybox = await findBusybox().catch(async (error: unknown) => {
    throw await withInstallAction(error);
  });
  const bundle = await makeContainer(services, { parent, name, startingPoint, busybox });
  await vscode.commands.executeCommand(commandIds.openConfig, vscode.Uri.file(bundle));
  await offerStart(name, vscode.Uri.file(bundle));
}

async function offerStart(name: string, bundle: vscode.Uri): Promise<void> {
  const { t } = vscode.l10n;
  const start = t('Start Container');
  const picked = await showMessage(
    'information',
    t('The container {0} is ready.', escapeControlCharacters(name)),
    start,
  );
  if (picked === start) await vscode.commands.executeCommand(commandIds.startContainer, bundle);
}

const icons = { hand: 'mortar-board', notes: 'root-folder', safe: 'shield' } as const;

type SourceKind = 'archive' | 'folder';
interface StartingPointItem extends vscode.QuickPickItem {
  readonly point?: StartingPoint | SourceKind;
}

/** @returns what is to be chosen further, where the container is made of something that is there */
async function pickStartingPoint(): Promise<StartingPoint | SourceKind> {
  const { t } = vscode.l10n;
  const items: StartingPointItem[] = [
    ...startingPoints.map((point) => ({
      point,
      label: t(point.label),
      detail: t(point.detail),
      iconPath: new vscode.ThemeIcon(icons[point.id]),
    })),
    { label: t('from what you have'), kind: vscode.QuickPickItemKind.Separator },
    {
      point: 'archive',
      label: t('From an Archive or Image…'),
      detail: t('A tar archive of a tree, or what docker save and podman save write'),
      iconPath: new vscode.ThemeIcon('package'),
    },
    {
      point: 'folder',
      label: t('From a Folder…'),
      detail: t('A root filesystem, which is copied, or an OCI image layout'),
      iconPath: new vscode.ThemeIcon('folder-library'),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: t('New Container: Starting Point'),
    placeHolder: t('All of it can be changed later, in config.json'),
    ignoreFocusOut: true,
  });
  if (!picked?.point) throw new vscode.CancellationError();
  return picked.point;
}

async function pickSource(kind: SourceKind): Promise<string> {
  const { t } = vscode.l10n;
  const picked = await vscode.window.showOpenDialog({
    title:
      kind === 'folder'
        ? t('New Container: Root Filesystem or OCI Image Layout')
        : t('New Container: Archive or Image'),
    openLabel: t('Import'),
    canSelectFiles: kind === 'archive',
    canSelectFolders: kind === 'folder',
  });
  if (!picked?.[0]) throw new vscode.CancellationError();
  return picked[0].fsPath;
}

async function withInstallAction(error: unknown): Promise<unknown> {
  if (!(error instanceof TerrariumError)) return error;
  const command = installCommand(await readOsRelease());
  if (!command) return error;
  const install: Action = {
    title: vscode.l10n.t('Install in Terminal'),
    run: () => {
      const argv = process.geteuid?.() === 0 ? command : ['sudo', ...command];
      const terminal = vscode.window.createTerminal({ name: 'Terrarium: BusyBox', cwd: '/' });
      terminal.show();
      // A constant command of the extension: the user reads it in the terminal and confirms it.
      terminal.sendText(argv.join(' '), false);
    },
  };
  return new ActionError(error, [install]);
}

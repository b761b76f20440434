/**
 * "New Container…": asks for name, folder and starting point, makes the bundle and opens its config.json; or makes
 * it of an archive, an image, a folder or a distribution.
 */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type StartingPoint, startingPoints } from '../../core/config/templates';
import { installCommand, readOsRelease } from '../../core/bundle/busyboxPackage';
import { type SourceKind, pickSource, sourceItems } from '../pick/pickSource';
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
    return importContainer(services, {
      ...(await pickSource(services, startingPoint)),
      parent,
      name,
    });
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
    { label: t('from what there is'), kind: vscode.QuickPickItemKind.Separator },
    ...sourceItems(),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: t('New Container: Starting Point'),
    placeHolder: t('All of it can be changed later, in config.json'),
    ignoreFocusOut: true,
  });
  if (!picked?.point) throw new vscode.CancellationError();
  return picked.point;
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

/** Finds the root filesystem that a command acts on. Called by the commands on folders that are no bundles. */
import path from 'node:path';
import * as vscode from 'vscode';
import { refuseAmbiguous } from '../../core/bundle/folderKind';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Services } from '../services/Services';
import { withoutIcons } from '../model/withoutIcons';

/**
 * @param target a folder in the Explorer; without it the user picks, where there are several
 * @throws TerrariumError `bundle-or-folder`, `not-a-rootfs`, `no-candidate`
 */
export async function pickRootfsFolder(
  services: Services,
  target: unknown,
  title: string,
): Promise<string> {
  const folder = target instanceof vscode.Uri ? target.fsPath : await pickFolder(services, title);
  if ((await refuseAmbiguous(folder)).kind === 'folder') return folder;
  throw new TerrariumError(
    'not-a-rootfs',
    vscode.l10n.t(
      '{0} does not look like a root filesystem: it has no bin/sh.',
      escapeControlCharacters(folder),
    ),
    vscode.l10n.t('Choose another folder, or make a container with "New Container…".'),
  );
}

async function pickFolder({ containers }: Services, title: string): Promise<string> {
  await containers.ready();
  const folders = containers.discovery.rootfsFolders;
  if (folders.length === 1) return folders[0]!.folder;
  const { t } = vscode.l10n;
  if (folders.length === 0)
    throw new TerrariumError(
      'no-candidate',
      t('No folder of this workspace looks like a root filesystem.'),
      t('One that does has a bin/sh, as Buildroot and debootstrap make it.'),
    );
  const picked = await vscode.window.showQuickPick(
    folders.map(({ folder }) => ({
      folder,
      label: `$(folder) ${withoutIcons(path.basename(folder))}`,
      description: withoutIcons(vscode.workspace.asRelativePath(folder)),
    })),
    { title, placeHolder: t('Which folder?') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.folder;
}

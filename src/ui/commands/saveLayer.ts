/**
 * "Save Layer as Image Layer…": makes a layer of an image of what a scratch layer changes, or an image of the rootfs
 * with this layer above it. Called from Source Control, the Containers view or the Command Palette.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { imageNameFor, imageNameText } from '../../core/image/imageName';
import type { ExportFormat } from '../../protocol/exportFormats';
import { exportContainer } from '../export/exportContainer';
import type { Container } from '../model/container';
import { ofControl } from '../pick/ofControl';
import { pickContainer } from '../pick/pickContainer';
import { promptImageName } from '../pick/promptImageName';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { isFile } from './exportContainer';

interface Kind extends vscode.QuickPickItem {
  readonly format: ExportFormat;
  /** Of the file. */
  readonly suffix: string;
}

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const title = t('Save Layer');
  const { name, bundle, folder } = await pickContainer(services, ofControl(services, target), {
    title,
    accepts: ({ hasLayer }: Container) => hasLayer === true,
    none: [t('No container has a scratch layer.'), t('Start one on a scratch layer first.')],
    unfit: (one) => [
      t('{0} has no scratch layer.', escapeControlCharacters(one.name)),
      t('Start one on a scratch layer first.'),
    ],
  });
  const { format, suffix } = await pickKind(title);
  const usual = imageNameText(imageNameFor(name));
  const image =
    format === 'tar' ? undefined : await promptImageName(t('Export: Name of the Image'), usual);
  const file = await vscode.window.showSaveDialog({
    ...{ title, saveLabel: t('Save') },
    defaultUri: vscode.Uri.file(path.join(path.dirname(folder), `${name}${suffix}`)),
  });
  if (!file) throw new vscode.CancellationError();
  const replace = await isFile(file.fsPath); // the dialog has asked
  await exportContainer(services, {
    ...{ name, bundle, format, image, replace, target: file.fsPath, layer: true },
    // The same changes are the same layer.
    reproducible: true,
  });
}

async function pickKind(title: string): Promise<Kind> {
  const { t } = vscode.l10n;
  const icon = (id: string) => ({ iconPath: new vscode.ThemeIcon(id) });
  const kinds: Kind[] = [
    {
      ...{ format: 'tar', suffix: '-layer.tar.gz', ...icon('layers') },
      label: t('Layer of an Image'),
      detail: t('A tar archive of the changes alone, with whiteouts for what is deleted'),
    },
    {
      ...{ format: 'docker-archive', suffix: '-image.tar', ...icon('package') },
      label: t('Image for Docker and Podman'),
      detail: t('The rootfs is one layer, and the changes are a second one above it'),
    },
    {
      ...{ format: 'oci', suffix: '-image', ...icon('folder-library') },
      label: t('OCI Image Layout'),
      detail: t('The same as a folder, as the image specification has it'),
    },
  ];
  const placeHolder = t('What is to be made of it?');
  const picked = await vscode.window.showQuickPick(kinds, {
    ...{ title, placeHolder, ignoreFocusOut: true },
  });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

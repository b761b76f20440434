/** "Export…": asks what is to be made of a container, and where, and makes it. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { refuseAmbiguous } from '../../core/bundle/folderKind';
import { codeOf } from '../../core/fs/codeOf';
import { imageNameFor, imageNameText } from '../../core/image/imageName';
import type { ExportFormat } from '../../protocol/exportFormats';
import { pickWithConfig } from '../pick/pickContainer';
import { promptImageName } from '../pick/promptImageName';
import type { Services } from '../services/Services';
import { exportContainer } from '../export/exportContainer';
import { requireTrustedLinux } from '../services/trust';

interface Kind extends vscode.QuickPickItem {
  readonly format: ExportFormat;
  /** Of the file. */
  readonly suffix: string;
  readonly reproducible?: true;
}

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  requireTrustedLinux();
  const { name, bundle, folder } = await pickWithConfig(services, target, t('Export'));
  await refuseAmbiguous(bundle);
  const { format, suffix, reproducible = false } = await pickKind();
  const usual = imageNameText(imageNameFor(name));
  const image =
    format === 'tar' ? undefined : await promptImageName(t('Export: Name of the Image'), usual);
  const file = await vscode.window.showSaveDialog({
    title: format === 'oci' ? t('Export: Folder of the Image Layout') : t('Export'),
    defaultUri: vscode.Uri.file(path.join(path.dirname(folder), `${name}${suffix}`)),
    saveLabel: t('Export'),
  });
  if (!file) throw new vscode.CancellationError();
  const replace = await isFile(file.fsPath); // the dialog has asked
  await exportContainer(services, {
    ...{ name, bundle, format, reproducible, image, replace, target: file.fsPath },
  });
}

async function pickKind(): Promise<Kind> {
  const { t } = vscode.l10n;
  const icon = (id: string) => ({ iconPath: new vscode.ThemeIcon(id) });
  const kinds: Kind[] = [
    {
      ...{ format: 'tar', suffix: '.tar.gz', ...icon('file-zip') },
      label: t('Tar Archive'),
      detail: t(
        'The tree with owners, devices, links and attributes; .tar, .tar.gz, .tar.xz or .tar.zst',
      ),
    },
    {
      ...{ format: 'tar', suffix: '.tar.gz', reproducible: true, ...icon('lock') },
      label: t('Tar Archive, Reproducible'),
      detail: t('The same bytes for the same tree: sorted, and with one time'),
    },
    {
      ...{ format: 'docker-archive', suffix: '-image.tar', ...icon('package') },
      label: t('Image for Docker and Podman'),
      detail: t('An archive that docker load, podman load and skopeo take'),
    },
    {
      ...{ format: 'oci', suffix: '-image', ...icon('folder-library') },
      label: t('OCI Image Layout'),
      detail: t('The same as a folder, as the image specification has it'),
    },
    {
      ...{ format: 'pod', suffix: '-pod.yaml', ...icon('server-environment') },
      label: t('Kubernetes Pod'),
      detail: t('A manifest that runs the image as config.json says'),
    },
  ];
  const picked = await vscode.window.showQuickPick(kinds, {
    title: t('Export'),
    placeHolder: t('What is to be made of it?'),
    ignoreFocusOut: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

export async function isFile(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

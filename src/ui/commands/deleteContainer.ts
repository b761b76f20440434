/** "Delete Container…": deletes the bundle and all files in it, after a question. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { besidesRootfs, naming } from '../../core/bundle/besidesRootfs';
import { codeOf } from '../../core/bundle/fileProblem';
import { isOutside } from '../../core/bundle/rootfsOf';
import { type InodeText, inodeOf, removeBundle } from '../../core/bundle/removeBundle';
import { TerrariumError } from '../../core/errors';
import { isBelow } from '../../core/fs/isBelow';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type Container, holdsOpen, isDeletable, isLive, realRootfs } from '../model/container';
import { type Refusal, pickContainer } from '../pick/pickContainer';
import { openFolders } from '../services/openFolders';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { showModal } from '../notifications';
import { stopContainer } from '../services/stopContainer';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const open = await openPlaces();
  const container = await pickContainer(services, target, {
    title: t('Delete Container'),
    accepts: (candidate) => isDeletable(candidate, open),
    none: [t('There is no container to delete.'), t('A plain folder is deleted in the Explorer.')],
    unfit: (candidate) => refusal(candidate, open),
  });
  requireNoOthersRootfs(services, container);
  const asked = await inspectFolder(container);
  await confirm(container, asked.beside);
  await stopContainer(services, container);
  // The folder may have changed while the question was open.
  await inspectFolder(container);
  await deleteBundle(services, container, asked.inode);
  await services.containers.refresh();
}

/** Paths of the workspace folders, as they are and with links resolved. */
async function openPlaces(): Promise<string[]> {
  const folders = openFolders().map(({ uri }) => uri.fsPath);
  // The folder is gone already.
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  return [...folders, ...real];
}

function refusal(container: Container, open: readonly string[]): Refusal {
  const { t } = vscode.l10n;
  const { bundle, folder, rootfs, isBundle } = container;
  const place = escapeControlCharacters(bundle);
  const own = escapeControlCharacters(path.relative(folder, rootfs));
  if (!isBundle)
    return [t('{0} is no bundle of this workspace.', place), t('Delete it in the Explorer.')];
  const instead = t('Delete config.json and {0} in the Explorer, if that is what you mean.', own);
  return holdsOpen(container, open)
    ? [
        t('{0} is not deleted: it is open in this window, or holds a folder that is.', place),
        instead,
      ]
    : [
        t(
          '{0} is not deleted: its rootfs is {1}, so it may hold more than a container.',
          place,
          own,
        ),
        instead,
      ];
}

/** @throws TerrariumError `rootfs-of-another` where the rootfs of another container would go with it */
function requireNoOthersRootfs({ containers }: Services, { bundle, name }: Container): void {
  const other = containers.all.find(
    (one) => one.bundle !== bundle && isBelow(realRootfs(one), bundle),
  );
  if (!other) return;
  const { t } = vscode.l10n;
  throw new TerrariumError(
    'rootfs-of-another',
    t(
      '{0} is not deleted: the rootfs of {1} lies in it.',
      ...[name, other.name].map(escapeControlCharacters),
    ),
    t('Delete the other one first, or give it a rootfs of its own.'),
  );
}

/**
 * The inode of the folder, and the files in it that do not belong to the container.
 * @throws TerrariumError `more-than-bundle`, `folder-moved`
 */
async function inspectFolder({
  bundle,
}: Container): Promise<{ inode: InodeText; beside: string[] }> {
  const held = await openDirectoryNoFollow(bundle);
  try {
    const inode = await inodeOf(held);
    const beside = await besidesRootfs(pathOf(held), bundle).catch((error: unknown) => {
      // The helper can read the folder, and checks it itself.
      if (['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return [];
      throw error;
    });
    return { inode, beside };
  } finally {
    await held.close();
  }
}

async function confirm(container: Container, beside: readonly string[]): Promise<void> {
  const { t } = vscode.l10n;
  const name = escapeControlCharacters(container.name);
  const button = isLive(container) ? t('Stop and Delete') : t('Delete');
  const picked = await showModal(
    'warning',
    t('Delete the container {0} with all its files?', name),
    [
      t(
        '{0} is removed for good, not moved to a trash.',
        escapeControlCharacters(container.bundle),
      ),
      ...(isOutside(container.folder, container.rootfs)
        ? [
            t(
              'Its rootfs {0} lies outside of it, and stays.',
              escapeControlCharacters(container.rootfs),
            ),
          ]
        : []),
      ...(beside.length > 0 ? [t('It also holds {0}.', naming(beside))] : []),
    ].join(' '),
    button,
  );
  if (picked !== button) throw new vscode.CancellationError();
}

/** As the user first. Files of root or of a mapped user are deleted by the helper that made them. */
async function deleteBundle(
  services: Services,
  { bundle, info }: Container,
  inode: InodeText,
): Promise<void> {
  try {
    const parent = await openDirectoryNoFollow(path.dirname(bundle));
    try {
      await removeBundle(parent, path.basename(bundle), inode);
    } finally {
      await parent.close();
    }
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
    const link = await services.helpers.require(info?.privilege);
    await link.request('deleteBundle', { bundle, inode });
  }
}

/** Finds the rootfs of a file or of a container. Used by Take Ownership and its undo. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { FolderKind } from '../../protocol/container';
import { commandIds } from '../commandIds';
import { type Container, isLive, realRootfs } from '../model/container';
import type { Services } from '../services/Services';
import { ActionError } from '../showError';

export interface RootfsPlace {
  /** The bundle, as the helper expects it. */
  readonly bundle: string;
  readonly kind: FolderKind;
  /** Not escaped. */
  readonly name: string;
  /** Absolute real path. */
  readonly rootfs: string;
  /** Path inside the container; `/` for the whole rootfs. */
  readonly path: string;
  /** The container, where the rootfs belongs to one. */
  readonly container?: Container;
}

export function wholeOf(container: Container): RootfsPlace {
  const { bundle, kind, name } = container;
  return { bundle, kind, name, rootfs: realRootfs(container), path: '/', container };
}

/** Every rootfs of the workspace: those of containers, then plain folders that do not run. */
export async function rootfsPlaces({ containers }: Services): Promise<RootfsPlace[]> {
  await containers.ready();
  const known = containers.all
    .filter(({ isBundle, kind }) => isBundle || kind === 'folder')
    .map(wholeOf);
  const folders = containers.discovery.rootfsFolders.map(({ real }) => real);
  const plain = folders.filter((folder) => !known.some(({ bundle }) => bundle === folder));
  return [
    ...known,
    ...plain.map((folder): RootfsPlace => ({
      ...{ bundle: folder, rootfs: folder, path: '/' },
      ...{ kind: 'folder', name: path.basename(folder) },
    })),
  ];
}

/**
 * @param file in a rootfs, or the folder of a container
 * @throws TerrariumError `not-in-rootfs`
 */
export async function placeOfFile(services: Services, file: string): Promise<RootfsPlace> {
  // Follows symbolic links of the folder, but not the file: a link itself is changed.
  const real = path.join(await realpath(path.dirname(file)), path.basename(file));
  for (const place of await rootfsPlaces(services)) {
    if (real === place.bundle) return place;
    const below = path.relative(place.rootfs, real);
    if (below.split('/')[0] !== '..') return { ...place, path: `/${below}` };
  }
  throw new TerrariumError(
    'not-in-rootfs',
    vscode.l10n.t('{0} lies in no rootfs of this workspace.', escapeControlCharacters(file)),
    vscode.l10n.t('Choose a file inside a container.'),
  );
}

/** @throws TerrariumError `container-live`, with a button that stops it */
export function requireStopped({ container, bundle, name }: RootfsPlace): void {
  if (!container || !isLive(container)) return;
  const { t } = vscode.l10n;
  throw new ActionError(
    new TerrariumError(
      'container-live',
      t(
        '{0} is running. Its programs could change files while their owners change.',
        escapeControlCharacters(name),
      ),
      t('Stop it first.'),
    ),
    [
      {
        title: t('Stop Container'),
        run: () =>
          vscode.commands.executeCommand(commandIds.stopContainer, vscode.Uri.file(bundle)),
      },
    ],
  );
}

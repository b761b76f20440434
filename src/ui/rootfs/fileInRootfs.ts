/** Which rootfs of the workspace a file lies in, by its path alone: its folders may be closed to the person. */
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { isBelow } from '../../core/fs/isBelow';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Services } from '../services/Services';
import { type RootfsPlace, rootfsPlaces } from './rootfsPlace';

/** @returns undefined where it lies in none */
export async function fileInRootfs(
  services: Services,
  file: string,
): Promise<RootfsPlace | undefined> {
  const { rootfsFolders } = services.containers.discovery;
  for (const place of await rootfsPlaces(services)) {
    const folder = rootfsFolders.find(({ real }) => real === place.rootfs)?.folder;
    const root = [place.container?.rootfs, folder, place.rootfs].find(
      (one) => one !== undefined && (file === one || isBelow(file, one)),
    );
    if (root !== undefined) return { ...place, path: `/${path.relative(root, file)}` };
  }
  return undefined;
}

/** @throws TerrariumError `not-in-rootfs` */
export async function requireInRootfs(services: Services, file: string): Promise<RootfsPlace> {
  const place = await fileInRootfs(services, file);
  if (place) return place;
  throw new TerrariumError(
    'not-in-rootfs',
    vscode.l10n.t('{0} lies in no rootfs of this workspace.', escapeControlCharacters(file)),
    vscode.l10n.t('Choose a file inside a container.'),
  );
}

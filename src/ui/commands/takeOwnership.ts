/** "Take Ownership of Rootfs Files": makes the user the owner of files that a container made as root. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Privilege } from '../../protocol/container';
import type { OwnershipReport } from '../../protocol/ownership';
import { pickContainer } from '../pick/pickContainer';
import { type RootfsPlace, placeOfFile, requireStopped, wholeOf } from '../rootfs/rootfsPlace';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { showMessage, showProgress } from '../notifications';
import { confirmOwnership } from './confirmOwnership';
import { isContainerRow } from '../model/rows';

/**
 * @param target a row, or a file inside a rootfs
 * @param selected all files that are selected in the Explorer
 */
export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const place = await chosenPlace(services, target, selected);
  requireStopped(place);
  const name = escapeControlCharacters(place.name);
  const { bundle, kind } = place;
  const link = await services.helpers.require(await ownerPrivilege(place));
  const report = await showProgress(
    { title: t('Looking at the owners of files of {0}', name) },
    () => link.request('lookAtOwnership', { bundle, kind, path: place.path }),
  );
  if (report.files.count > 0) {
    await confirmOwnership(place, report);
    await showProgress({ title: t('Taking ownership of files of {0}', name) }, () =>
      link.request('takeOwnership', { bundle, kind, path: place.path }),
    );
    await services.containers.refresh();
  }
  tell(place, report);
}

function tell(place: RootfsPlace, { files, links, devices }: OwnershipReport): void {
  const { t } = vscode.l10n;
  const left = [...links.names, ...devices.names].map(escapeControlCharacters).join(', ');
  const leftText = left === '' ? [] : [t('Not changed: {0}.', left)];
  const yours =
    place.path === '/'
      ? t('The rootfs files of {0} are yours now.', escapeControlCharacters(place.name))
      : t('{0} is yours now.', escapeControlCharacters(path.basename(place.path)));
  const onlyLeft = files.count === 0 && left !== '';
  void showMessage('information', [...(onlyLeft ? [] : [yours]), ...leftText].join(' '));
}

async function chosenPlace(
  services: Services,
  target: unknown,
  selected: unknown,
): Promise<RootfsPlace> {
  const { t } = vscode.l10n;
  if (target instanceof vscode.Uri) {
    if (Array.isArray(selected) && selected.length > 1)
      throw new TerrariumError(
        'several-files',
        t('{0} files are selected.', selected.length),
        t('Take one after the other, or the folder that they are in.'),
      );
    return placeOfFile(services, target.fsPath);
  }
  return wholeOf(
    await pickContainer(services, isContainerRow(target) ? target : undefined, {
      title: t('Take Ownership of Rootfs Files'),
      accepts: () => true,
      none: [t('There is no container in this workspace.'), t('Make one with "New Container…".')],
    }),
  );
}

/** The privilege that can change the owner: root for files of root, otherwise the helper that made them. */
async function ownerPrivilege(place: RootfsPlace): Promise<Privilege | undefined> {
  const { uid } = await lstat(path.join(place.rootfs, place.path));
  return uid === 0 ? 'root' : place.container?.info?.privilege;
}

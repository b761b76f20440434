/** "Undo Take Ownership": restores the owners that the helper has recorded. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { recordedBy } from '../../core/fs/ownershipRecord';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { OwnershipUndone } from '../../protocol/ownership';
import { withoutIcons } from '../model/withoutIcons';
import {
  type RootfsPlace,
  placeOfFile,
  requireStopped,
  rootfsPlaces,
  wholeOf,
} from '../rootfs/rootfsPlace';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { showMessage, showProgress } from '../notifications';
import { isContainerRow } from '../model/rows';

/** @param target a row, or a file inside a rootfs */
export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const place = await chosenPlace(services, target);
  const privileges = await recordedBy(place.rootfs);
  if (privileges.length === 0) throw nothing(escapeControlCharacters(place.name));
  requireStopped(place);
  const { bundle, kind } = place;
  for (const privilege of privileges) {
    const link = await services.helpers.require(privilege);
    const undone = await showProgress(
      { title: t('Giving back files of {0}', escapeControlCharacters(place.name)) },
      () => link.request('undoOwnership', { bundle, kind }),
    );
    void showMessage(undone.withoutBits.count > 0 ? 'warning' : 'information', told(place, undone));
  }
  await services.containers.refresh();
}

function told({ name }: RootfsPlace, { restored, withoutBits, gone }: OwnershipUndone): string {
  const { t } = vscode.l10n;
  return [
    t(
      'Files of {0} that have their former owner again: {1}.',
      escapeControlCharacters(name),
      restored,
    ),
    ...(gone > 0 ? [t('Gone, or not yours any more: {0}.', gone)] : []),
    ...(withoutBits.count > 0
      ? [
          t(
            'Changed since, so without their setuid bit or capabilities: {0} ({1}).',
            withoutBits.count,
            withoutBits.names.map(escapeControlCharacters).join(', '),
          ),
        ]
      : []),
  ].join(' ');
}

async function chosenPlace(services: Services, target: unknown): Promise<RootfsPlace> {
  const { t } = vscode.l10n;
  if (isContainerRow(target)) return wholeOf(target.container);
  if (target instanceof vscode.Uri) return placeOfFile(services, target.fsPath);
  const all = await rootfsPlaces(services);
  const recorded = await Promise.all(all.map(({ rootfs }) => recordedBy(rootfs)));
  const candidates = all.filter((_, at) => recorded[at]!.length > 0);
  if (candidates.length === 0) throw nothing(undefined);
  if (candidates.length === 1) return candidates[0]!;
  const picked = await vscode.window.showQuickPick(
    candidates.map((place) => ({
      label: withoutIcons(place.name),
      detail: withoutIcons(place.bundle),
      place,
    })),
    { title: t('Undo Take Ownership'), placeHolder: t('Which container?') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.place;
}

function nothing(name: string | undefined): TerrariumError {
  const { t } = vscode.l10n;
  return new TerrariumError(
    'nothing-to-undo',
    name === undefined
      ? t('No ownership was taken in a rootfs of this workspace.')
      : t('No ownership was taken in the rootfs of {0}.', name),
    t('There is nothing to undo.'),
  );
}

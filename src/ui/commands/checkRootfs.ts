/** "Check Rootfs": looks through a rootfs for what would fail in a container, and shows it as problems. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { RootfsCheck } from '../../protocol/rootfsCheck';
import { isContainerRow } from '../model/rows';
import { showMessage, showProgress } from '../notifications';
import { pickContainer } from '../pick/pickContainer';
import { type RootfsPlace, rootfsPlaces, wholeOf } from '../rootfs/rootfsPlace';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { showError } from '../showError';

/** @param target a row, or the folder of a rootfs */
export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const place = await chosenPlace(services, target);
  const found = await check(services, place);
  tell(services, place, found).catch((error: unknown) => showError(services, error));
}

async function check(services: Services, place: RootfsPlace): Promise<RootfsCheck> {
  const abort = new AbortController();
  const title = vscode.l10n.t('Checking the rootfs of {0}', escapeControlCharacters(place.name));
  return showProgress({ title, cancellable: true }, (_, token) => {
    token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
    const rootfs = place.container?.rootfs ?? place.rootfs;
    return services.rootfsChecks.check({ ...place, rootfs }, abort.signal);
  });
}

async function chosenPlace(services: Services, target: unknown): Promise<RootfsPlace> {
  const { t } = vscode.l10n;
  if (target instanceof vscode.Uri) {
    const known = (await rootfsPlaces(services)).find(({ rootfs }) => rootfs === target.fsPath);
    if (known) return known;
  }
  return wholeOf(
    await pickContainer(services, isContainerRow(target) ? target : undefined, {
      title: t('Check Rootfs'),
      accepts: () => true,
      none: [t('There is no container in this workspace.'), t('Make one with "New Container…".')],
    }),
  );
}

async function tell(services: Services, place: RootfsPlace, found: RootfsCheck): Promise<void> {
  const { t } = vscode.l10n;
  const { faults, left, files, closed } = found;
  const shown = escapeControlCharacters(place.name);
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const text =
    faults.length === 0
      ? t('Nothing is wrong with the {0} files of {1}.', files, shown)
      : t(
          '{0} files of {1} looked at. Errors: {2}. Other problems: {3}.',
          ...[files, shown, errors, faults.length - errors],
        );
  const more = left > 0 ? [t('{0} more are not shown.', left)] : [];
  const unread =
    closed.count > 0
      ? [
          t(
            '{0} folders or programs could not be read, such as {1}.',
            ...[closed.count, escapeControlCharacters(closed.names[0] ?? '')],
          ),
        ]
      : [];
  const problems = t('Show Problems');
  const withSudo = t('Check With sudo');
  // Whoever has a helper of sudo was asked by it; what root may not read either is no matter of rights.
  const isPerson = process.geteuid?.() !== 0 && !services.helpers.get('root');
  const picked = await showMessage(
    errors > 0 || closed.count > 0 ? 'warning' : 'information',
    [text, ...more, ...unread].join(' '),
    ...[
      ...(faults.length > 0 ? [problems] : []),
      ...(closed.count > 0 && isPerson ? [withSudo] : []),
    ],
  );
  if (picked === problems) await vscode.commands.executeCommand('workbench.actions.view.problems');
  if (picked !== withSudo) return;
  await services.helpers.require('root');
  await tell(services, place, await check(services, place));
}

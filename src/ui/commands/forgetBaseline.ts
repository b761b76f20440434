/** "Forget Baseline": removes the baseline of a container. Its rootfs stays as it is. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { forgetBaseline } from '../layer/baselineRequests';
import { showModal } from '../notifications';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { pickMarked } from './marked';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const container = await pickMarked(services, target, t('Forget Baseline'));
  const forget = t('Forget');
  const answer = await showModal(
    'warning',
    t('Forget the baseline of {0}?', escapeControlCharacters(container.name)),
    t('What was changed since is not known any more then. The rootfs stays as it is.'),
    forget,
  );
  if (answer !== forget) throw new vscode.CancellationError();
  await forgetBaseline(services, container);
  await services.containers.refresh();
  services.layers.changed?.();
}

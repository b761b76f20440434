/** "Discard Scratch Layer": removes the layer of a stopped container with all its changes. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { isLive } from '../model/container';
import { pickContainer } from '../pick/pickContainer';
import { showModal } from '../notifications';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { sizeOfLayer } from '../services/sizeOfLayer';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Discard Scratch Layer'),
    accepts: (candidate) => !isLive(candidate) && candidate.hasLayer === true,
    none: [
      t('No stopped container has a scratch layer.'),
      t('Stop the one that runs on its layer first.'),
    ],
    unfit: ({ name }) => [
      t('{0} runs, or has no scratch layer.', escapeControlCharacters(name)),
      t('Stop it first.'),
    ],
  });
  const { bundle, info } = container;
  const name = escapeControlCharacters(container.name);
  const size = await sizeOfLayer(services, container);
  const discard = t('Discard');
  const answer = await showModal(
    'warning',
    t('Discard the scratch layer of {0}?', name),
    t('{0} It cannot be undone. The rootfs stays as it is.', size),
    discard,
  );
  if (answer !== discard) throw new vscode.CancellationError();
  const link = await services.helpers.require(info?.privilege);
  await link.request('removeLayer', { bundle });
  await services.containers.refresh();
  services.layers.changed?.();
}

/** "Delete Container…": the bundle with everything in it, after a question. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import { visible } from '../../core/text/visible';
import { type Container, isLive } from '../model/container';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { ask } from '../say';
import { stopContainer } from './stopContainer';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Delete Container'),
    // A folder with a config.json that was saved beside a tree may hold anything else.
    accepts: ({ isBundle, rootfs }) => isBundle && path.basename(rootfs) === 'rootfs',
    none: [t('There is no container to delete.'), t('A plain folder is deleted in the Explorer.')],
  });
  await confirm(container);
  await stopContainer(services, container);
  await deleteBundle(services, container);
  await services.containers.refresh();
}

async function confirm(container: Container): Promise<void> {
  const { t } = vscode.l10n;
  const name = visible(container.name);
  const button = isLive(container) ? t('Stop and Delete') : t('Delete');
  const picked = await ask(
    'warning',
    t('Delete the container {0} with all its files?', name),
    t('{0} is removed for good, not moved to a trash.', visible(container.bundle)),
    button,
  );
  if (picked !== button) throw new vscode.CancellationError();
}

/** As the person first; what belongs to root or to a mapped user is left to the helper that made it. */
async function deleteBundle(
  services: Services,
  { bundle, rootfs, info }: Container,
): Promise<void> {
  try {
    // The rootfs first: what is left where that fails is still a bundle, which the helper insists on.
    await rm(rootfs, { recursive: true });
    await rm(bundle, { recursive: true });
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
    const link = await services.helpers.require(info?.privilege);
    await link.request('deleteBundle', { bundle });
  }
}

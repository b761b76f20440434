/** "Take Ownership of Rootfs Files": what a container made as root becomes yours, so that you can edit it. */
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';
import type { Privilege } from '../../protocol/container';
import { realRootfs } from '../model/container';
import { isContainerRow, pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { say, sayProgress } from '../say';

/** @param target a row, or a file inside a rootfs */
export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const inside = target instanceof vscode.Uri ? await placeOf(services, target.fsPath) : undefined;
  const container =
    inside?.container ??
    (await pickContainer(services, isContainerRow(target) ? target : undefined, {
      title: t('Take Ownership of Rootfs Files'),
      accepts: () => true,
      none: [t('There is no container in this workspace.'), t('Make one with "New Container…".')],
    }));
  const file = inside ? path.join(realRootfs(container), inside.path) : container.bundle;
  const link = await services.helpers.require(
    await ownerPrivilege(file, container.info?.privilege),
  );
  await sayProgress({ title: t('Taking ownership of files of {0}', visible(container.name)) }, () =>
    link.request('takeOwnership', {
      bundle: container.bundle,
      kind: container.kind,
      path: inside?.path ?? '/',
    }),
  );
  void say(
    'information',
    inside
      ? t('{0} is yours now.', visible(path.basename(inside.path)))
      : t('The rootfs files of {0} are yours now.', visible(container.name)),
  );
}

/** The container that a file belongs to, and its path as seen inside. */
async function placeOf({ containers }: Services, file: string) {
  await containers.ready();
  // Only the folder's links are followed: the file itself is what is to be changed.
  const real = path.join(await realpath(path.dirname(file)), path.basename(file));
  for (const container of containers.all) {
    const below = path.relative(realRootfs(container), real);
    if (container.isBundle && below !== '' && below.split('/')[0] !== '..')
      return { container, path: `/${below}` };
  }
  throw new TerrariumError(
    'not-in-rootfs',
    vscode.l10n.t('{0} lies in no rootfs of this workspace.', visible(file)),
    vscode.l10n.t('Choose a file inside a container.'),
  );
}

/** What root made only root may give away; everything else the helper that made it. */
async function ownerPrivilege(file: string, last?: Privilege): Promise<Privilege | undefined> {
  return (await lstat(file)).uid === 0 ? 'root' : last;
}

/** "Start Several Containers…": starts all checked containers at once. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { isLive } from '../model/container';
import { requireAny } from '../pick/pickContainer';
import { startBundle } from '../terminal/startBundle';
import { requireTrustedLinux } from '../services/trust';
import { withoutIcons } from '../model/withoutIcons';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  await requireAny(services);
  const stopped = services.containers.all.filter((container) => !isLive(container));
  if (stopped.length === 0)
    throw new TerrariumError(
      'no-candidate',
      t('Every container runs already.'),
      t('Open a shell in one, or stop it first.'),
    );
  const picked = await vscode.window.showQuickPick(
    stopped.map((container) => ({
      container,
      label: withoutIcons(container.name),
      description: withoutIcons(vscode.workspace.asRelativePath(container.folder)),
    })),
    {
      title: t('Start Several Containers'),
      placeHolder: t('Which containers?'),
      canPickMany: true,
    },
  );
  if (!picked?.length) throw new vscode.CancellationError();
  await services.helpers.require(); // asks for the privilege once, and not for each container
  const results = await Promise.allSettled(
    picked.map(({ container }) => startBundle(services, container, { focus: false })),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

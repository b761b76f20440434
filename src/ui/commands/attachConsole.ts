/** "Attach to Console": shows the terminal of a container's PID 1, or opens it again with its scrollback. */
import * as vscode from 'vscode';
import { type Container, isLive } from '../model/container';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Attach to Console'),
    accepts: isLive,
    none: [t('No container is running.'), t('Start one first.')],
  });
  await showConsole(services, container);
}

/** @throws TerrariumError `helper-gone` */
export async function showConsole(services: Services, container: Container): Promise<void> {
  const open = services.terminals.console(container.bundle);
  if (open) {
    open.terminal.show();
    return;
  }
  if (!container.info) return;
  const link = services.helpers.of(container.info);
  const { bundle, name, info } = container;
  await services.terminals.openConsole(bundle, name, { focus: true }).attach(link, info.console);
}

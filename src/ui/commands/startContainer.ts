/** "Start Container": starts a bundle. Called from the Command Palette, a view, the Explorer, or the title of a config.json. */
import * as vscode from 'vscode';
import { isLive } from '../model/container';
import { pickContainer } from '../pick/pickContainer';
import { startBundle } from '../terminal/startBundle';
import { requireTrustedLinux } from '../services/trust';
import { showConsole } from './attachConsole';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Start Container'),
    accepts: (candidate) => !isLive(candidate),
    none: [t('Every container runs already.'), t('Open a shell in one, or stop it first.')],
  });
  if (isLive(container)) await showConsole(services, container);
  else await startBundle(services, container);
}

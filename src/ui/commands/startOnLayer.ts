/** "Start on a Scratch Layer": starts a bundle so that its rootfs stays as it is. Called from the Command Palette or a view. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { isLive } from '../model/container';
import { pickContainer } from '../pick/pickContainer';
import { requireTrustedLinux } from '../services/trust';
import { startBundle } from '../terminal/startBundle';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Start on a Scratch Layer'),
    accepts: (candidate) => !isLive(candidate) && candidate.kind === 'bundle',
    none: [t('Every container runs already.'), t('Open a shell in one, or stop it first.')],
    unfit: ({ name }) => [
      t('{0} runs already.', escapeControlCharacters(name)),
      t('Stop it first.'),
    ],
  });
  await startBundle(services, container, { layer: true });
}

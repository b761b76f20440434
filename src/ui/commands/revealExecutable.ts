/** "Reveal Executable in Rootfs": shows the program of a process in the Explorer. */
import * as vscode from 'vscode';
import { revealInExplorer } from './revealInExplorer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  await revealInExplorer(
    services,
    target,
    vscode.l10n.t('Reveal Executable in Rootfs'),
    ({ exe }) => exe,
  );
}

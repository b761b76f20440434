/** "Restart Steps": cancels the start of a notebook of steps where it waits, and begins anew in the same place. */
import * as vscode from 'vscode';
import { beginSteps } from '../lessons/steps/beginSteps';
import { loadSteps } from '../lessons/steps/register';
import { stepsNotebook } from '../lessons/steps/stepsTarget';
import { bundleOfSteps } from '../lessons/steps/stepsUri';
import { tabsOf } from '../lessons/steps/tabsOf';
import { pickContainer } from '../pick/pickContainer';
import { requireTrustedLinux } from '../services/trust';
import { stopContainer } from '../services/stopContainer';
import type { TerminalServices } from '../terminal/TerminalServices';

/** @param target also a notebook that came back with the window, whose start has ended */
export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const notebook = await stepsNotebook(services, target);
  const bundle = bundleOfSteps(notebook);
  await (await loadSteps(services)).get(notebook)?.cancel();
  const container = await pickContainer(services, bundle && vscode.Uri.file(bundle), {
    title: vscode.l10n.t('Start Container Step by Step'),
    accepts: () => true,
    none: [
      vscode.l10n.t('Every container runs already.'),
      vscode.l10n.t('Open a shell in one, or stop it first.'),
    ],
  });
  await stopContainer(services, container); // its program may run by now
  const tabs = tabsOf(notebook);
  await beginSteps(services, container, tabs[0]?.group.viewColumn);
  await vscode.window.tabGroups.close(tabs);
}

/** Shows a file that a process uses in the Explorer. Called by the Reveal commands. */
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { ProcessInspection } from '../../protocol/inspection';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { pickProcess } from '../pick/pickProcess';
import { inspectedProcess, pathInRootfs } from '../services/inspectedProcess';
import type { Services } from '../services/Services';

/** @throws TerrariumError `not-in-rootfs`, `not-in-workspace`, those of `pickProcess` and `inspectedProcess` */
export async function revealInExplorer(
  services: Services,
  target: unknown,
  title: string,
  what: (found: ProcessInspection) => string | undefined,
): Promise<void> {
  const process = await inspectedProcess(services, await pickProcess(services, target, title));
  const file = await pathInRootfs(process, what(process.found));
  const uri = vscode.Uri.file(file);
  if (!vscode.workspace.getWorkspaceFolder(uri)) {
    throw new TerrariumError(
      'not-in-workspace',
      vscode.l10n.t('{0} lies outside the folders of this window.', escapeControlCharacters(file)),
      vscode.l10n.t('Add the container’s folder to the workspace.'),
    );
  }
  await vscode.commands.executeCommand('revealInExplorer', uri);
  // `revealInExplorer` selects a folder and does not expand it.
  if ((await stat(file)).isDirectory()) await vscode.commands.executeCommand('list.expand');
}

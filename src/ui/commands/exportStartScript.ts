/** "Export Start Script…": writes the start sequence as a shell script that runs without the helper. */
import path from 'node:path';
import * as vscode from 'vscode';
import { refuseAmbiguous } from '../../core/bundle/folderKind';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Privilege } from '../../protocol/container';
import { privilegeInForce } from '../services/chosenPrivilege';
import { pickWithConfig } from '../pick/pickContainer';
import { choosePrivilege } from '../services/choosePrivilege';
import { allowedWords } from '../services/rootfsBelow';
import { helperCommand } from '../services/helperCommand';
import type { Services } from '../services/Services';

const planTimeoutMs = 30_000;

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickWithConfig(services, target, t('Export Start Script'));
  await refuseAmbiguous(container.bundle);
  const privilege = privilegeInForce(container) ?? (await choosePrivilege(services));
  const script = await plan(services, container.bundle, privilege);
  const file = await vscode.window.showSaveDialog({
    title: t('Export Start Script'),
    defaultUri: vscode.Uri.file(
      path.join(path.dirname(container.folder), `${container.name}-start.sh`),
    ),
    filters: { [t('Shell script')]: ['sh'] },
  });
  if (!file) throw new vscode.CancellationError();
  await vscode.workspace.fs.writeFile(file, Buffer.from(script));
  await vscode.window.showTextDocument(file);
}

/** Runs the command `helper.js plan`. It only reads and prints, and needs no root to plan for root. */
async function plan({ context }: Services, bundle: string, privilege: Privilege): Promise<string> {
  const words = ['plan', ...allowedWords(), '--bundle', '--privilege', privilege, bundle];
  try {
    return await helperCommand(context, words, planTimeoutMs);
  } catch (error) {
    throw new TerrariumError(
      'plan-failed',
      vscode.l10n.t(
        'The start of {0} cannot be planned.',
        escapeControlCharacters(path.basename(bundle)),
      ),
      escapeControlCharacters(messageOf(error)),
      { cause: error },
    );
  }
}

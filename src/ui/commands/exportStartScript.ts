/** "Export Start Script…": writes the start sequence as a shell script that runs without the helper. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { refuseAmbiguous } from '../../core/bundle/folderKind';
import { TerrariumError, messageOf } from '../../core/errors';
import { visible } from '../../core/text/visible';
import type { Privilege } from '../../protocol/container';
import { privilegeInForce } from '../services/chosenPrivilege';
import { noneWithConfig, pickContainer, withoutConfig } from '../pick/pickContainer';
import { choosePrivilege } from '../services/choosePrivilege';
import type { Services } from '../services/Services';

const maxScriptBytes = 4 * 1024 * 1024;
const planTimeoutMs = 30_000;

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Export Start Script'),
    accepts: ({ isBundle }) => isBundle,
    none: noneWithConfig(),
    unfit: withoutConfig,
  });
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

/** Runs the command `helper.js export`. It only reads and prints, and needs no root to plan for root. */
async function plan({ context }: Services, bundle: string, privilege: Privilege): Promise<string> {
  const program = context.asAbsolutePath('dist/helper.js');
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [program, 'plan', '--bundle', '--privilege', privilege, bundle],
      {
        cwd: '/',
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        maxBuffer: maxScriptBytes,
        timeout: planTimeoutMs,
      },
    );
    return stdout;
  } catch (error) {
    const stderr = (error as { stderr?: unknown }).stderr;
    const reason = typeof stderr === 'string' && stderr ? stderr.trim() : messageOf(error);
    throw new TerrariumError(
      'plan-failed',
      vscode.l10n.t('The start of {0} cannot be planned.', visible(path.basename(bundle))),
      visible(reason.replace(/^terrarium: /, '')),
      { cause: error },
    );
  }
}

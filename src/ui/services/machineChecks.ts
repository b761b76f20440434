/** Runs the command `helper.js check`. Called by "Check This Machine" and the question for the privilege. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Check } from '../../protocol/doctor';

const timeoutMs = 60_000;

/** Runs as the user, without sudo. */
export async function machineChecks(context: vscode.ExtensionContext): Promise<Check[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/tmp';
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [context.asAbsolutePath('dist/helper.js'), 'check', folder],
    { cwd: '/', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, timeout: timeoutMs },
  );
  const { CheckReport } = await import('../../core/lazy');
  return CheckReport.parse(JSON.parse(stdout)).checks;
}

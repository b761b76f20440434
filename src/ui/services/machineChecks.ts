/** Runs the command `helper.js check`. Called by "Check This Machine" and the question for the privilege. */
import * as vscode from 'vscode';
import type { Check } from '../../protocol/doctor';
import { helperCommand } from './helperCommand';

const timeoutMs = 60_000;

/** Runs as the user, without sudo. */
export async function machineChecks(context: vscode.ExtensionContext): Promise<Check[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/tmp';
  const printed = await helperCommand(context, ['check', folder], timeoutMs);
  const { CheckReport } = await import('../../core/lazy');
  return CheckReport.parse(JSON.parse(printed)).checks;
}

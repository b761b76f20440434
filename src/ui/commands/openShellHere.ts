/** "Open Shell Here": opens a session in the folder of a process, as its user. */
import * as vscode from 'vscode';
import { pickProcess } from '../pick/pickProcess';
import { openSession } from '../terminal/openSession';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  const chosen = await pickProcess(services, target, vscode.l10n.t('Open Shell Here'));
  const { info, process } = chosen;
  const { pid, startTime } = process;
  const pty = services.terminals.openSession(info.name, { focus: true });
  await openSession(services, info, pty, undefined, { pid, startTime });
}

/** "Open Shell in Container": opens a session, with no more privilege than PID 1 has. */
import * as vscode from 'vscode';
import { noneRunning, notRunning, pickContainer } from '../pick/pickContainer';
import { pickLogin } from '../pick/pickLogin';
import { openSession } from '../terminal/openSession';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  await openShell(services, target);
}

/** @param again asks for user and shell even if an answer is remembered */
export async function openShell(
  services: TerminalServices,
  target: unknown,
  options?: { readonly again: boolean },
): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Open Shell in Container'),
    accepts: ({ state }) => state === 'running',
    none: noneRunning(),
    unfit: notRunning,
  });
  const { info, name } = container;
  if (!info) return;
  const login = await pickLogin(services.context.workspaceState, container, options);
  const pty = services.terminals.openSession(name, { focus: true });
  await openSession(services, info, pty, login);
}

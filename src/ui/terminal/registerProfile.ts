/** "Shell in Container" in the terminal drop-down. Called by `extension.ts`. */
import * as vscode from 'vscode';
import { noneRunning, pickContainer } from '../pick/pickContainer';
import { pickLogin } from '../pick/pickLogin';
import { openSession } from './openSession';
import { showError } from '../showError';
import type { TerminalServices } from './TerminalServices';

export function registerProfile(services: TerminalServices): void {
  const provideTerminalProfile = async (): Promise<vscode.TerminalProfile | undefined> => {
    const { t } = vscode.l10n;
    try {
      const container = await pickContainer(services, undefined, {
        title: t('Open Shell in Container'),
        accepts: ({ state }) => state === 'running',
        none: noneRunning(),
      });
      const { info, name } = container;
      if (!info) return undefined;
      const login = await pickLogin(services.context.workspaceState, container);
      const { pty, profile } = services.terminals.sessionProfile(name);
      openSession(services, info, pty, login).catch(
        (error: unknown) => void showError(services, error),
      );
      return profile;
    } catch (error) {
      void showError(services, error);
      return undefined;
    }
  };
  services.context.subscriptions.push(
    vscode.window.registerTerminalProfileProvider('terrarium.shell', { provideTerminalProfile }),
  );
}

/** Starts a bundle or a plain folder in a terminal. Called by "Start Container" and "Start as Container". */
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { requireTrustedLinux } from '../services/trust';
import { type StartTarget, helperForStart, startFailure } from './startErrors';
import type { TerminalServices } from './TerminalServices';

/** Resolves when the container runs. @throws TerrariumError why it cannot start, with buttons for the remedy */
export async function startBundle(
  services: TerminalServices,
  target: StartTarget,
  { focus = true, layer = false }: { readonly focus?: boolean; readonly layer?: boolean } = {},
): Promise<void> {
  requireTrustedLinux();
  const link = await helperForStart(services, target);
  const terminal = services.terminals.openConsole(target.bundle, target.name, { focus });
  terminal.failedStart = vscode.l10n.t('{0} did not start.', escapeControlCharacters(target.name));
  const attach = (stream: string) =>
    terminal.attach(link, stream).catch((error: unknown) => {
      services.log.warn(`console of ${target.name}: ${messageOf(error)}`);
      terminal.end(messageOf(error));
    });
  // The console exists before the container: it shows the steps of the start.
  let attached = Promise.resolve();
  const unsubscribe = link.onNotification('containerChanged', (info) => {
    if (info.bundle === target.bundle && info.state === 'starting') attached = attach(info.console);
  });
  try {
    const info = await link.request('start', {
      bundle: target.bundle,
      kind: target.kind,
      calls: vscode.workspace.getConfiguration('terrarium').get<boolean>('showSystemCalls'),
      ...(layer ? { layer } : {}),
      ...(await terminal.size()),
    });
    terminal.failedStart = undefined;
    await attach(info.console);
  } catch (error) {
    // The notification has the reason; the terminal stays open where it shows steps. It may not be on the screen yet.
    void attached.then(() => terminal.endAfterOutput(messageOf(error)));
    throw startFailure(target, error);
  } finally {
    unsubscribe();
  }
}

/** Starts a bundle or a plain folder in a terminal. Called by "Start Container" and "Start as Container". */
import path from 'node:path';
import * as vscode from 'vscode';
import type { FolderKind } from '../../protocol/container';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { commandIds } from '../commandIds';
import { chosenPrivilege } from '../services/chosenPrivilege';
import { type Action, ActionError, isCancelled } from '../showError';
import { askPrivilege } from '../services/choosePrivilege';
import type { HelperLink } from '../services/HelperLink';
import { requireTrustedLinux } from '../services/trust';
import type { TerminalServices } from './TerminalServices';

export interface StartTarget {
  /** Absolute real path. */
  readonly bundle: string;
  readonly name: string;
  readonly kind: FolderKind;
}

/** Resolves when the container runs. @throws TerrariumError why it cannot start, with buttons for the remedy */
export async function startBundle(
  services: TerminalServices,
  target: StartTarget,
  { focus } = { focus: true },
): Promise<void> {
  requireTrustedLinux();
  let link: HelperLink;
  try {
    link = await services.helpers.require();
  } catch (error) {
    throw withPrivilegeActions(services, target, error);
  }
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
      ...(await terminal.size()),
    });
    terminal.failedStart = undefined;
    await attach(info.console);
  } catch (error) {
    // The notification has the reason; the terminal stays open where it shows steps. It may not be on the screen yet.
    void attached.then(() => terminal.endAfterOutput(messageOf(error)));
    throw withConfigAction(target, error);
  } finally {
    unsubscribe();
  }
}

function withConfigAction(target: StartTarget, error: unknown): unknown {
  if (isCancelled(error) || target.kind === 'folder') return error;
  const file = vscode.Uri.file(path.join(target.bundle, 'config.json'));
  return new ActionError(expected(error, target), [
    {
      title: vscode.l10n.t('Open config.json'),
      run: async () => {
        const document = await vscode.workspace.openTextDocument(file);
        await vscode.window.showTextDocument(document, await firstErrorIn(document));
      },
    },
  ]);
}

/** Where the first error of the file is; nowhere where the start failed for another reason. */
async function firstErrorIn(
  document: vscode.TextDocument,
): Promise<vscode.TextDocumentShowOptions> {
  const { findingsOf } = await import('../../core/lazy');
  const findings = await findingsOf(document.getText(), document.uri.fsPath, chosenPrivilege());
  const first = findings.find(({ severity }) => severity === 'error');
  if (!first) return {};
  const at = document.positionAt(first.offset);
  return { selection: new vscode.Range(at, at) };
}

function withPrivilegeActions(
  services: TerminalServices,
  target: StartTarget,
  error: unknown,
): unknown {
  if (isCancelled(error)) return error;
  const { t } = vscode.l10n;
  const start = () =>
    vscode.commands.executeCommand(
      target.kind === 'bundle' ? commandIds.startContainer : commandIds.startFolder,
      vscode.Uri.file(target.bundle),
    );
  const actions: Action[] = [{ title: t('Try Again'), run: start }];
  if (process.geteuid?.() !== 0)
    actions.push({
      title: t('Choose Privilege…'),
      run: async () => {
        try {
          await askPrivilege(services);
        } catch (reason) {
          if (isCancelled(reason)) return;
          throw reason;
        }
        await start();
      },
    });
  actions.push({
    title: t('Check This Machine'),
    run: () => vscode.commands.executeCommand(commandIds.checkMachine),
  });
  services.log.info('the helper is not there; nothing was started');
  return new ActionError(expected(error, target), actions);
}

/** An error that came over the socket has its text, but is not a TerrariumError. */
function expected(error: unknown, { name }: StartTarget): TerrariumError {
  if (error instanceof TerrariumError) return error;
  return new TerrariumError(
    'start-failed',
    vscode.l10n.t('{0} did not start.', escapeControlCharacters(name)),
    messageOf(error),
    { cause: error },
  );
}

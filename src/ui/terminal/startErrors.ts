/** The helper of a start, and the errors of a start with buttons for what helps. Called by whatever starts a container. */
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
import { allowedFolders } from '../services/rootfsBelow';
import type { Services } from '../services/Services';

export interface StartTarget {
  /** Absolute real path. */
  readonly bundle: string;
  readonly name: string;
  readonly kind: FolderKind;
}

/**
 * @param command tries again
 * @throws TerrariumError where there is no helper, with buttons for what helps; CancellationError
 */
export async function helperForStart(
  services: Services,
  target: StartTarget,
  command: string = target.kind === 'bundle' ? commandIds.startContainer : commandIds.startFolder,
): Promise<HelperLink> {
  try {
    return await services.helpers.require();
  } catch (error) {
    throw withPrivilegeActions(services, target, command, error);
  }
}

/** What is thrown where the helper could not start it: with a button that opens its config.json. */
export function startFailure(target: StartTarget, error: unknown): unknown {
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
  const findings = await findingsOf(document.getText(), document.uri.fsPath, chosenPrivilege(), {
    allowed: allowedFolders(),
  });
  const first = findings.find(({ severity }) => severity === 'error');
  if (!first) return {};
  const at = document.positionAt(first.offset);
  return { selection: new vscode.Range(at, at) };
}

function withPrivilegeActions(
  services: Services,
  target: StartTarget,
  command: string,
  error: unknown,
): unknown {
  if (isCancelled(error)) return error;
  const { t } = vscode.l10n;
  const start = () => vscode.commands.executeCommand(command, vscode.Uri.file(target.bundle));
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

/** Explains why a file of a rootfs cannot be saved when it belongs to another user, and offers "Take Ownership". Called by `extension.ts`. */
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { commandIds } from '../commandIds';
import type { Services } from '../services/Services';
import { showMessage } from '../notifications';
import { showError } from '../showError';

export function registerRootfsFiles(services: Services): void {
  /** Files that were explained since they were opened: each once. */
  const explained = new Set<string>();
  const opened = (document: vscode.TextDocument) => {
    const { uri } = document;
    if (explained.has(uri.fsPath)) return;
    explainIfForeign(services, uri).then(
      (said) => said && explained.add(uri.fsPath),
      (error: unknown) => showError(services, error),
    );
  };
  const saving = ({ document }: vscode.TextDocumentWillSaveEvent) => {
    if (!document.isDirty) return;
    explainIfForeign(services, document.uri).catch((error: unknown) => showError(services, error));
  };
  services.context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(opened),
    vscode.workspace.onWillSaveTextDocument(saving),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => explained.delete(uri.fsPath)),
  );
}

/** @returns whether the file belongs to another user */
async function explainIfForeign(services: Services, uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== 'file' || !isInRootfs(services, uri.fsPath)) return false;
  const owner = await foreignOwner(uri.fsPath);
  if (owner === undefined) return false;
  void offer(uri, owner).catch((error: unknown) => showError(services, error));
  return true;
}

async function offer(uri: vscode.Uri, owner: number): Promise<void> {
  const { t } = vscode.l10n;
  const name = escapeControlCharacters(path.basename(uri.fsPath));
  const take = t('Take Ownership');
  const why =
    owner === 0
      ? t('{0} belongs to root: where root inside is root, so are the files that it makes.', name)
      : t('{0} belongs to user {1}, one of the users inside the container.', name, owner);
  const text = t('{0} You can read it but not save it.', why);
  if ((await showMessage('warning', text, take)) === take)
    await vscode.commands.executeCommand(commandIds.takeOwnership, uri);
}

/** Whether a file is in the rootfs of a bundle or in a plain folder, running or not. */
function isInRootfs({ containers }: Services, file: string): boolean {
  const ofContainers = containers.all.filter(({ isBundle, kind }) => isBundle || kind === 'folder');
  return [
    ...ofContainers.map(({ rootfs }) => rootfs),
    ...containers.discovery.rootfsFolders.map(({ folder }) => folder),
  ].some((rootfs) => file.startsWith(`${rootfs}/`));
}

/** The owner of a file that the user may not write and does not own; undefined otherwise. */
async function foreignOwner(file: string): Promise<number | undefined> {
  try {
    await access(file, constants.W_OK);
    return undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) !== 'EACCES') throw error;
  }
  const { uid } = await stat(file);
  return uid === process.getuid?.() ? undefined : uid;
}

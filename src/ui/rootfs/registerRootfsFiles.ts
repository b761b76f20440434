/**
 * Explains why a file of a rootfs cannot be read or saved when it belongs to another user, and offers to do it through the
 * helper, or “Take Ownership”. Once a file of a rootfs was opened through the helper, the others are too. Called by
 * `extension.ts`.
 */
import { access, constants, realpath, stat } from 'node:fs/promises';
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
  // Not documents: what cannot be read has a tab and no document, and a search opens documents that nobody sees.
  const opened = ({ input }: vscode.Tab) => {
    if (!(input instanceof vscode.TabInputText) || explained.has(input.uri.fsPath)) return;
    const { uri } = input;
    explainIfForeign(services, uri, true).then(
      (said) => said && explained.add(uri.fsPath),
      (error: unknown) => showError(services, error),
    );
  };
  const saving = ({ document }: vscode.TextDocumentWillSaveEvent) => {
    if (!document.isDirty) return;
    explainIfForeign(services, document.uri).catch((error: unknown) => showError(services, error));
  };
  const { tabGroups } = vscode.window;
  services.context.subscriptions.push(
    tabGroups.onDidChangeTabs((tabs) => {
      for (const { input } of tabs.closed)
        if (input instanceof vscode.TabInputText) explained.delete(input.uri.fsPath);
      for (const tab of [...tabs.opened, ...tabs.changed]) opened(tab);
    }),
    vscode.workspace.onWillSaveTextDocument(saving),
  );
  // Those that came back with the window, once it is known what is a rootfs.
  const first = services.containers.onDidChange(() => {
    first.dispose();
    for (const { tabs } of tabGroups.all) for (const tab of tabs) opened(tab);
  });
}

/** @returns whether the file belongs to another user */
async function explainIfForeign(
  services: Services,
  uri: vscode.Uri,
  isOpened = false,
): Promise<boolean> {
  const rootfs = uri.scheme === 'file' && rootfsOf(services, uri.fsPath);
  const foreign = rootfs && (await foreignFile(uri.fsPath));
  if (!foreign) return false;
  const isKnown = isOpened && services.throughHelper.has(await realpath(rootfs));
  const done = isKnown
    ? vscode.commands.executeCommand(commandIds.editRootfsFile, uri)
    : offer(uri, foreign);
  void Promise.resolve(done).catch((error: unknown) => showError(services, error));
  return true;
}

async function offer(uri: vscode.Uri, { owner, isReadable }: ForeignFile): Promise<void> {
  const { t } = vscode.l10n;
  const name = escapeControlCharacters(path.basename(uri.fsPath));
  const [edit, take] = [t('Edit through Helper'), t('Take Ownership')];
  const why =
    owner === undefined
      ? t('{0} lies in a folder of the rootfs that you may not look into.', name)
      : owner === 0
        ? t('{0} belongs to root: where root inside is root, so are the files that it makes.', name)
        : t('{0} belongs to user {1}, one of the users inside the container.', name, owner);
  const text = isReadable
    ? t('{0} You can read it but not save it.', why)
    : t('{0} You can neither read nor save it.', why);
  const answer = await showMessage('warning', text, edit, take);
  if (answer === edit) await vscode.commands.executeCommand(commandIds.editRootfsFile, uri);
  if (answer === take) await vscode.commands.executeCommand(commandIds.takeOwnership, uri);
}

/** The rootfs of a bundle or plain folder that a file is in, whether it runs or not. */
function rootfsOf({ containers }: Services, file: string): string | undefined {
  const ofContainers = containers.all.filter(({ isBundle, kind }) => isBundle || kind === 'folder');
  return [
    ...ofContainers.map(({ rootfs }) => rootfs),
    ...containers.discovery.rootfsFolders.map(({ folder }) => folder),
  ].find((rootfs) => file.startsWith(`${rootfs}/`));
}

interface ForeignFile {
  /** Not known where its folder is closed. */
  readonly owner: number | undefined;
  readonly isReadable: boolean;
}

/** What is known of a file that the user may not write and does not own; undefined otherwise. */
async function foreignFile(file: string): Promise<ForeignFile | undefined> {
  if (await may(file, constants.W_OK)) return undefined;
  const isReadable = await may(file, constants.R_OK);
  const owner = await stat(file).then(
    ({ uid }) => uid,
    (error: unknown) => {
      if (codeOf(error) !== 'EACCES') throw error;
      return undefined;
    },
  );
  return owner === process.getuid?.() ? undefined : { owner, isReadable };
}

/** What is not there is nothing to explain. */
async function may(file: string, mode: number): Promise<boolean> {
  try {
    await access(file, mode);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    if (codeOf(error) !== 'EACCES') throw error;
    return false;
  }
}

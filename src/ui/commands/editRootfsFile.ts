/**
 * "Edit through Helper": opens a file of a rootfs that is another user's in an editor that the helper reads and saves for;
 * of a folder lists what is in it. An editor of the same file closes, and what was changed in it moves along.
 */
import { lstat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Privilege } from '../../protocol/container';
import { isLive } from '../model/container';
import { withoutIcons } from '../model/withoutIcons';
import { requireInRootfs } from '../rootfs/fileInRootfs';
import { helperUri } from '../rootfs/helperUri';
import type { RootfsPlace } from '../rootfs/rootfsPlace';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';

/** @param target a file or folder; the active editor's without one */
export async function run(services: Services, target?: unknown): Promise<void> {
  const uri = await throughHelper(services, target);
  const { type } = await vscode.workspace.fs.stat(uri);
  const file = type & vscode.FileType.Directory ? await browse(uri) : uri;
  if (file) await open(file);
}

/** Starts the helper that may change it. @returns the file as that one has it */
export async function throughHelper(services: Services, target: unknown): Promise<vscode.Uri> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
  const active = input instanceof vscode.TabInputText ? input.uri : undefined;
  const uri = target instanceof vscode.Uri ? target : active;
  if (uri?.scheme !== 'file')
    throw new TerrariumError(
      'no-file',
      t('No file of a rootfs is open.'),
      t('Open one, or choose it in the Explorer.'),
    );
  const place = await requireInRootfs(services, uri.fsPath);
  const link = await services.helpers.require(await privilegeFor(place, uri.fsPath));
  services.throughHelper.add(place.rootfs);
  return helperUri(uri.fsPath, link.privilege);
}

/** Root for files of root; else that of the running container, or the chosen one. */
async function privilegeFor(
  { container }: RootfsPlace,
  file: string,
): Promise<Privilege | undefined> {
  const running = container && isLive(container) ? container.info?.privilege : undefined;
  try {
    const { uid } = await lstat(file);
    return uid === 0 ? 'root' : running;
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'ENOENT') throw error;
    return running;
  }
}

export async function open(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all);
  const old = tabs.find(
    ({ input }) =>
      input instanceof vscode.TabInputText &&
      input.uri.scheme === 'file' &&
      input.uri.fsPath === uri.path,
  );
  const { visibleTextEditors } = vscode.window;
  const before = visibleTextEditors.find(({ document }) => document.uri.fsPath === uri.path);
  const viewColumn = old?.group.viewColumn ?? vscode.ViewColumn.Active;
  const selection = before?.selection;
  const changed = before?.document.isDirty ? before.document.getText() : undefined;
  await vscode.commands.executeCommand('vscode.open', uri, {
    ...{ viewColumn, preview: false },
    ...(selection && { selection }),
  });
  if (changed !== undefined) await takeOver(uri, changed);
  if (!old) return;
  if (changed !== undefined) await revert(uri.path, viewColumn);
  await vscode.window.tabGroups.close(old, true);
}

async function takeOver(uri: vscode.Uri, text: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  edit.replace(uri, document.validateRange(whole), text);
  await vscode.workspace.applyEdit(edit);
  await document.save();
}

/** Only the editor that is active can be reverted. */
async function revert(file: string, viewColumn: vscode.ViewColumn): Promise<void> {
  const now = vscode.window.activeTextEditor;
  await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn });
  await vscode.commands.executeCommand('workbench.action.files.revert');
  if (now) await vscode.window.showTextDocument(now.document, { viewColumn });
}

/** Nothing else tells it where the rootfs is excluded from VS Code's watching. */
export async function refreshExplorer(): Promise<void> {
  await vscode.commands.executeCommand('workbench.files.action.refreshFilesExplorer');
}

type Entry = vscode.QuickPickItem & { readonly uri: vscode.Uri; readonly isFolder: boolean };

/** @returns the file that was chosen */
async function browse(folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  const items = entries.map(([name, type]): Entry => {
    const isFolder = Boolean(type & vscode.FileType.Directory);
    const icon = isFolder ? '$(folder)' : '$(file)';
    const label = `${icon} ${withoutIcons(name)}`;
    return { label, uri: vscode.Uri.joinPath(folder, name), isFolder };
  });
  items.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.label.localeCompare(b.label));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Edit through Helper'),
    placeHolder: escapeControlCharacters(folder.path),
  });
  if (!picked?.isFolder) return picked?.uri;
  return browse(picked.uri);
}

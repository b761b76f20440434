/** Prompts for the name and the parent folder of a new container. Called by "New Container…", and where files are dropped. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import { messageOf } from '../../core/errors';
import { validateName } from '../../core/bundle/validateName';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { withoutLinks } from '../model/markdown';
import { openFolders } from '../services/openFolders';
import { noFolder } from './pickContainer';
import { withoutIcons } from '../model/withoutIcons';

export interface NameAndFolder {
  readonly name: string;
  /** Absolute path of the folder that will contain the bundle. */
  readonly parent: string;
}

/**
 * @param target a folder of the Explorer
 * @param own the name that is proposed
 * @throws CancellationError, TerrariumError `no-folder`
 */
export async function promptNameAndFolder(target: unknown, own?: string): Promise<NameAndFolder> {
  const parent = target instanceof vscode.Uri ? target.fsPath : await promptFolder();
  return promptName(parent, own);
}

/** Asks only where several folders are open. A button of the name prompt offers any other folder. */
export async function promptFolder(): Promise<string> {
  const folders = openFolders();
  if (folders.length === 0) throw noFolder();
  if (folders.length === 1) return folders[0]!.uri.fsPath;
  const picked = await vscode.window.showQuickPick(
    folders.map(({ name, uri }) => ({
      label: `$(folder) ${withoutIcons(name)}`,
      description: withoutIcons(uri.fsPath),
      folder: uri.fsPath,
    })),
    {
      title: vscode.l10n.t('New Container: Place'),
      placeHolder: vscode.l10n.t('In which folder?'),
      ignoreFocusOut: true,
    },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.folder;
}

async function promptName(first: string, own?: string): Promise<NameAndFolder> {
  const { t } = vscode.l10n;
  const elsewhere: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('folder-opened'),
    tooltip: t('Choose Another Folder…'),
  };
  const box = vscode.window.createInputBox();
  box.title = t('New Container: Name');
  box.ignoreFocusOut = true;
  box.buttons = [elsewhere];
  let parent = first;
  const check = async () => {
    const name = box.value;
    const problem = validateName(name) ?? (await takenBy(parent, name));
    // The name may have changed during the check.
    if (name === box.value) box.validationMessage = problem && withoutLinks(problem);
    return problem;
  };
  const place = async (folder: string) => {
    parent = folder;
    box.prompt = withoutLinks(t('Made in {0}', escapeControlCharacters(folder)));
    await check();
  };
  box.value = await freeName(first, own);
  try {
    return await new Promise<NameAndFolder>((resolve, reject) => {
      const failed = (error: unknown) =>
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      box.onDidChangeValue(() => void check().catch(failed));
      box.onDidTriggerButton(
        () =>
          void askOther(parent)
            .then(place)
            .then(() => box.show(), failed),
      );
      box.onDidAccept(() => {
        const name = box.value;
        check().then((problem) => problem === undefined && resolve({ name, parent }), failed);
      });
      let choosing = false;
      const askOther = async (from: string) => {
        choosing = true;
        try {
          const picked = await vscode.window.showOpenDialog({
            title: t('New Container: Place'),
            openLabel: t('Make It Here'),
            canSelectFolders: true,
            canSelectFiles: false,
            defaultUri: vscode.Uri.file(from),
          });
          return picked?.[0]?.fsPath ?? from;
        } finally {
          choosing = false;
        }
      };
      box.onDidHide(() => {
        if (!choosing) reject(new vscode.CancellationError());
      });
      box.show();
      void place(first).catch(failed);
    });
  } finally {
    box.dispose();
  }
}

async function takenBy(parent: string, name: string): Promise<string | undefined> {
  return (await exists(path.join(parent, name)))
    ? vscode.l10n.t('"{0}" exists already; nothing is ever overwritten.', name)
    : undefined;
}

/** `mycontainer1`, or the next number that is free; with a name of its own first without a number. */
export async function freeName(parent: string, own?: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = own === undefined ? `mycontainer${number}` : `${own}${number > 1 ? number : ''}`;
    if (!(await exists(path.join(parent, name)))) return name;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    // `scaffold` reports why a folder cannot be used.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** Asks for a lesson: one that comes with the extension, or any Markdown file. Called by "Open as Lesson". */
import * as vscode from 'vscode';
import { lessonsAlong } from '../model/lessonsAlong';

/** @throws CancellationError */
export async function pickLesson({ extensionUri }: vscode.ExtensionContext): Promise<vscode.Uri> {
  const { t } = vscode.l10n;
  const other = { label: t('$(folder-opened) Choose a Markdown file…'), file: undefined };
  const along = lessonsAlong(t).map(({ file, title, about }) => ({
    label: `$(mortar-board) ${title}`,
    detail: about,
    file: vscode.Uri.joinPath(extensionUri, 'media/lessons', file),
  }));
  const picked = await vscode.window.showQuickPick([...along, other], {
    title: t('Open as Lesson'),
    placeHolder: t('A lesson runs its shell blocks and shows what each one changed.'),
    matchOnDetail: true,
  });
  if (picked?.file) return picked.file;
  const chosen =
    picked &&
    (await vscode.window.showOpenDialog({
      title: t('Open as Lesson'),
      filters: { Markdown: ['md'] },
    }));
  if (!chosen?.[0]) throw new vscode.CancellationError();
  return chosen[0];
}

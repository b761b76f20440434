/** Asks for a lesson: one that comes with the extension, or any Markdown file. Called by "Open Lesson…" and "Open as Lesson". */
import * as vscode from 'vscode';
import type { LessonPrivilege } from '../../core/lesson/lessonFor';
import { lessonsAlong } from '../model/lessonsAlong';
import { type Asking, choosePrivilege } from '../services/choosePrivilege';
import { lessonScheme } from '../services/lessonScheme';

/** @throws CancellationError */
export async function pickLesson(asking: Asking): Promise<vscode.Uri> {
  const { t } = vscode.l10n;
  const other = { label: t('$(folder-opened) Choose a Markdown file…'), file: undefined };
  const along = lessonsAlong(t).map(({ file, title, about }) => ({
    ...{ label: `$(mortar-board) ${title}`, detail: about, file },
  }));
  const picked = await vscode.window.showQuickPick([...along, other], {
    title: t('Open Lesson'),
    placeHolder: t('A lesson runs its shell blocks and shows what each one changed.'),
    matchOnDetail: true,
  });
  if (picked?.file !== undefined) return lessonAlongUri(asking, picked.file);
  const chosen =
    picked &&
    (await vscode.window.showOpenDialog({
      title: t('Open as Lesson'),
      filters: { Markdown: ['md'] },
    }));
  if (!chosen?.[0]) throw new vscode.CancellationError();
  return chosen[0];
}

/**
 * A lesson that comes along, for this person. Asks how containers get their privileges, where that has not
 * been chosen.
 * @param file in `media/lessons`
 * @throws CancellationError
 */
export async function lessonAlongUri(asking: Asking, file: string): Promise<vscode.Uri> {
  const query = await lessonPrivilege(asking);
  return vscode.Uri.from({ scheme: lessonScheme, path: `/${file}`, query });
}

async function lessonPrivilege(asking: Asking): Promise<LessonPrivilege> {
  if (process.geteuid?.() === 0) return 'root';
  // Elsewhere a lesson can be read, and there is nothing to choose.
  if (process.platform !== 'linux') return 'sudo';
  return (await choosePrivilege(asking)) === 'root' ? 'sudo' : 'rootless';
}

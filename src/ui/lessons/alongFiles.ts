/**
 * The lessons that come along, as files of a read-only file system: what is edited and saved in the
 * extension's own folder would be lost with its next version. "Save Lesson As…" makes a file of the person's own.
 * The query of a URI says for whom the lesson is (`lessonFor`). Registered by `register.ts`.
 */
import * as vscode from 'vscode';
import { lessonFor, lessonPrivileges } from '../../core/lesson/lessonFor';
import { type LessonAlong, lessonsAlong } from '../model/lessonsAlong';
import { MadeFiles } from '../services/MadeFiles';
import { lessonScheme } from '../services/lessonScheme';

/** @returns what is to be disposed of */
export function registerAlongFiles(extension: vscode.Uri): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>(); // they change with the extension alone
  const files = MadeFiles.register(lessonScheme, (uri) => read(extension, uri), changed.event);
  return vscode.Disposable.from(files, changed);
}

/** @throws FileSystemError for a name or a query that is none of ours: a URI may come from anywhere */
async function read(extension: vscode.Uri, uri: vscode.Uri): Promise<Uint8Array> {
  const lesson = alongOf(uri);
  const privilege = lessonPrivileges.find((one) => one === uri.query);
  if (!lesson || !privilege) throw vscode.FileSystemError.FileNotFound(uri);
  const file = vscode.Uri.joinPath(extension, 'media/lessons', lesson.file);
  const markdown = Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8');
  return Buffer.from(lessonFor(markdown, privilege));
}

function alongOf({ path }: vscode.Uri): LessonAlong | undefined {
  return lessonsAlong(vscode.l10n.t).find(({ file }) => path === `/${file}`);
}

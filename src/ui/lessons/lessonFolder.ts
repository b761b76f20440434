/** The folder in which a lesson runs. Called when the first cell of a lesson runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as vscode from 'vscode';

export interface LessonFolder {
  readonly path: string;
  /** Removes it, where it was made for this lesson alone. @throws Error of rm(2): files of root, mounts */
  remove(): Promise<void>;
}

/** The file's own; for a lesson that came with the extension, or is no file yet, one that is thrown away. */
export async function lessonFolder(file: vscode.Uri): Promise<LessonFolder> {
  if (file.scheme === 'file')
    return { path: path.dirname(file.fsPath), remove: () => Promise.resolve() };
  const folder = await mkdtemp(path.join(tmpdir(), 'terrarium-lesson-'));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

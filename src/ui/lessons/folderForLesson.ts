/** Where what is made of a lesson is saved, unless the person says otherwise. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';

/** @returns the lesson's own folder; for one that comes along the workspace's, or home */
export function folderForLesson(lesson: vscode.Uri): vscode.Uri {
  if (lesson.scheme === 'file') return vscode.Uri.joinPath(lesson, '..');
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}

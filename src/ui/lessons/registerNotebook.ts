/** A type of notebook whose cells are shell: its hovers, and what reads and writes it. Called by both `register.ts`. */
import * as vscode from 'vscode';
import { codeHover } from '../services/codeHover';
import { cellLanguage, sessionLanguage } from './lessonType';

/** @param serializer asked for with the first notebook of that type */
export function registerNotebook(
  notebookType: string,
  serializer: () => Promise<vscode.NotebookSerializer>,
): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider(
      [cellLanguage, sessionLanguage].map((language) => ({ notebookType, language })),
      codeHover,
    ),
    vscode.workspace.registerNotebookSerializer(
      notebookType,
      {
        deserializeNotebook: async (content, token) =>
          (await serializer()).deserializeNotebook(content, token),
        serializeNotebook: async (data, token) =>
          (await serializer()).serializeNotebook(data, token),
      },
      // What a cell printed is no part of the Markdown: to run a lesson makes it no unsaved file.
      { transientOutputs: true },
    ),
  );
}

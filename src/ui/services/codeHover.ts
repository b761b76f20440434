/** Hovers in shell code: cells of lessons, start sequences. Used by what registers them. */
import * as vscode from 'vscode';
import { wordHover } from './wordHover';

export const codeHover: vscode.HoverProvider = {
  async provideHover(document, { line, character }) {
    const { wordAt } = await import('../model/words/lazy');
    // Whatever the line endings are, a line of the code is one of the document.
    const lines = Array.from({ length: document.lineCount }, (_, at) => document.lineAt(at).text);
    const code = lines.join('\n');
    const offset = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, character);
    const found = wordAt(code, offset, vscode.l10n.t);
    if (!found) return undefined;
    const position = (at: number) => {
      const before = code.slice(0, at).split('\n');
      return new vscode.Position(before.length - 1, before.at(-1)!.length);
    };
    const range = new vscode.Range(position(found.start), position(found.end));
    return wordHover(found.shown, found.word, range);
  },
};

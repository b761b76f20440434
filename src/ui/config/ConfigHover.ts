/** Hovers for values of config.json: namespaces, capabilities, mount options … The JSON schema explains the keys. Made by register.ts. */
import * as vscode from 'vscode';
import { wordHover } from '../services/wordHover';
import { isConfig } from './isConfig';

export class ConfigHover implements vscode.HoverProvider {
  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    if (!isConfig(document)) return undefined;
    const { stringAt } = await import('../../core/lazy');
    const pointer = document.offsetAt(position);
    const found = stringAt(document.getText(), pointer);
    if (!found) return undefined;
    const { path, value, offset, length } = found;
    const { wordInConfig } = await import('../model/words/lazy');
    const about = wordInConfig(path, value, pointer - offset - 1, vscode.l10n.t);
    if (!about) return undefined;
    const range = new vscode.Range(
      document.positionAt(offset),
      document.positionAt(offset + length),
    );
    return wordHover(about.name, about.word, range);
  }
}

/** Completes the types in lists that may have each type once (namespaces, rlimits). The JSON schema completes the rest. Made by register.ts. */
import * as vscode from 'vscode';
import { isConfig } from './isConfig';

export class ConfigCompletion implements vscode.CompletionItemProvider {
  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    if (!isConfig(document)) return [];
    const { remainingTypes } = await import('../../core/lazy');
    const remaining = remainingTypes(document.getText(), document.offsetAt(position));
    if (!remaining) return [];
    const { types, offset, length } = remaining;
    const range = new vscode.Range(
      document.positionAt(offset),
      document.positionAt(offset + length),
    );
    // With its quotes, as VS Code's JSON support completes a string.
    return types.map((type) => {
      const text = JSON.stringify(type);
      const item = new vscode.CompletionItem(text, vscode.CompletionItemKind.Value);
      item.insertText = item.filterText = text;
      item.range = range;
      return item;
    });
  }
}

/** Quick fixes where there is only one thing to do. Made by register.ts. */
import * as vscode from 'vscode';
import { ConfigDiagnostic } from './ConfigDiagnostics';

/** What only goes away by removing it. */
const removable = new Set(['config-hooks', 'key-ignored']);

export class ConfigFixes implements vscode.CodeActionProvider {
  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const ours = diagnostics.filter(
      (one): one is ConfigDiagnostic =>
        one instanceof ConfigDiagnostic && typeof one.code === 'string' && removable.has(one.code),
    );
    if (ours.length === 0) return [];
    const { modify } = await import('../../core/lazy');
    return ours.map((diagnostic) => {
      const key = String(diagnostic.keyPath.at(-1));
      const action = new vscode.CodeAction(
        vscode.l10n.t('Remove "{0}"', key),
        vscode.CodeActionKind.QuickFix,
      );
      action.diagnostics = [diagnostic];
      action.edit = new vscode.WorkspaceEdit();
      const text = document.getText();
      for (const { offset, length, content } of modify(
        text,
        [...diagnostic.keyPath],
        undefined,
        {},
      ))
        action.edit.replace(
          document.uri,
          new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)),
          content,
        );
      return action;
    });
  }
}

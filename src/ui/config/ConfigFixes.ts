/** Quick fixes where there is only one thing to do. Made by register.ts. */
import * as vscode from 'vscode';
import { ConfigDiagnostic } from './ConfigDiagnostics';

/** What only goes away by removing it. */
const removable = new Set(['config-hooks', 'config-host-reach', 'key-ignored']);

/** A namespace that config.json only has to ask for. */
const missingNamespace: Readonly<Record<string, string>> = {
  'mount-namespace-missing': 'mount',
  'pid-namespace-missing': 'pid',
  'network-namespace-missing': 'network',
  'uts-namespace-missing': 'uts',
};

/** What becomes of the document: a new value at a place, or none. */
interface Change {
  readonly title: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly inserts?: boolean;
}

export class ConfigFixes implements vscode.CodeActionProvider {
  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const changes = diagnostics.flatMap((diagnostic) => {
      const change = diagnostic instanceof ConfigDiagnostic ? changeFor(diagnostic) : undefined;
      return change ? [{ diagnostic, change }] : [];
    });
    if (changes.length === 0) return [];
    const { modify } = await import('../../core/lazy');
    return changes.map(({ diagnostic, change: { title, path, value, inserts } }) => {
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.isPreferred = true;
      action.edit = new vscode.WorkspaceEdit();
      const edits = modify(document.getText(), [...path], value, {
        ...(inserts ? { isArrayInsertion: true } : {}),
        formattingOptions: { insertSpaces: true, tabSize: 2 },
      });
      for (const { offset, length, content } of edits)
        action.edit.replace(
          document.uri,
          new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)),
          content,
        );
      return action;
    });
  }
}

function changeFor({ code, keyPath }: ConfigDiagnostic): Change | undefined {
  const { t } = vscode.l10n;
  if (typeof code !== 'string') return undefined;
  if (removable.has(code))
    return { title: t('Remove "{0}"', String(keyPath.at(-1))), path: keyPath, value: undefined };
  const type = missingNamespace[code];
  if (type !== undefined)
    return {
      title: t('Add the {0} namespace', type),
      ...{ path: ['linux', 'namespaces', -1], value: { type }, inserts: true },
    };
  const [, key] = keyPath;
  // These are what the other engines are for.
  if (code === 'not-carried-out' && ['seccomp', 'resources', 'cgroupsPath'].includes(String(key)))
    return {
      title: t('Let runc start this container'),
      ...{ path: ['annotations', 'dev.terrarium.engine'], value: 'runc' },
    };
  return undefined;
}

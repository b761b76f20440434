/**
 * Quick fixes where there is only one thing to do. Made by register.ts. A file may have a hundred
 * problems on one line, so the document is parsed for the fix that is chosen, and not before.
 */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../commandIds';
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

type Path = readonly (string | number)[];

/** What becomes of the document: a new value at a place, or none; or another name for a key. */
type Change = { readonly title: string; readonly path: Path } & (
  { readonly value: unknown; readonly inserts?: boolean } | { readonly key: string }
);

type Fixer = (
  diagnostic: ConfigDiagnostic,
  document: vscode.TextDocument,
) => Promise<Change | undefined> | Change | undefined;

/** A fix that becomes an edit once it is chosen. */
class ConfigFix extends vscode.CodeAction {
  override readonly diagnostics: vscode.Diagnostic[] = [];

  constructor(
    readonly document: vscode.TextDocument,
    readonly change: Change,
  ) {
    super(change.title, vscode.CodeActionKind.QuickFix);
    this.isPreferred = true;
  }
}

export class ConfigFixes implements vscode.CodeActionProvider {
  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const fixes = new Map<string, ConfigFix>();
    const actions: vscode.CodeAction[] = [];
    for (const diagnostic of diagnostics) {
      if (!(diagnostic instanceof ConfigDiagnostic) || typeof diagnostic.code !== 'string')
        continue;
      if (diagnostic.code === 'config-byte-order-mark')
        actions.push(withoutByteOrderMark(document, diagnostic));
      const change = await (fixers[diagnostic.code] ?? otherwise)(diagnostic, document);
      if (!change) continue;
      // One fix may be that of several problems.
      const same = JSON.stringify(change);
      const fix = fixes.get(same) ?? new ConfigFix(document, change);
      fix.diagnostics.push(diagnostic);
      fixes.set(same, fix);
    }
    return [...actions, ...fixes.values()];
  }

  async resolveCodeAction(action: vscode.CodeAction): Promise<vscode.CodeAction> {
    if (action instanceof ConfigFix) action.edit = await editFor(action);
    return action;
  }
}

/** VS Code's document has none, so that no edit of it can remove one. */
function withoutByteOrderMark(
  { uri }: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction {
  const title = vscode.l10n.t('Remove the byte order mark');
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  action.command = { title, command: commandIds.removeByteOrderMark, arguments: [uri] };
  return action;
}

async function editFor({ document, change }: ConfigFix): Promise<vscode.WorkspaceEdit> {
  const edit = new vscode.WorkspaceEdit();
  const { keyRangeOf, modify } = await import('../../core/lazy');
  const text = document.getText();
  const edits =
    'key' in change
      ? [{ ...keyRangeOf(text, change.path), content: JSON.stringify(change.key) }]
      : modify(text, [...change.path], change.value, {
          ...(change.inserts ? { isArrayInsertion: true } : {}),
          formattingOptions: { insertSpaces: true, tabSize: 2 },
        });
  for (const { offset, length, content } of edits)
    edit.replace(
      document.uri,
      new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)),
      content,
    );
  return edit;
}

/** By the code of the problem. */
const fixers: Readonly<Record<string, Fixer>> = {
  'config-key-spelling': async ({ keyPath }) => {
    const { spelledAs } = await import('../../core/lazy');
    const key = spelledAs(String(keyPath.at(-1)));
    if (key === undefined) return undefined;
    return { title: vscode.l10n.t('Rename to "{0}"', key), path: keyPath, key };
  },
  'proc-missing': () => ({
    title: vscode.l10n.t('Mount a procfs at /proc'),
    // The first one: what is mounted below it comes after it.
    path: ['mounts', 0],
    value: { destination: '/proc', type: 'proc', source: 'proc' },
    inserts: true,
  }),
  // These are what the other engines are for.
  'not-carried-out': ({ keyPath: [part, key] }) => {
    if (part === 'process' && key === 'terminal')
      return {
        title: vscode.l10n.t('Set "{0}" to true', key),
        ...{ path: [part, key], value: true },
      };
    if (key === 'uidMappings' || key === 'gidMappings') return addNamespace('user');
    if (!['seccomp', 'resources', 'cgroupsPath'].includes(String(key))) return undefined;
    return {
      title: vscode.l10n.t('Let runc start this container'),
      ...{ path: ['annotations', 'dev.terrarium.engine'], value: 'runc' },
    };
  },
  'mapping-beyond-range': () => ({
    title: vscode.l10n.t('Map the IDs of whoever starts it'),
    ...{ path: ['annotations', 'dev.terrarium.idMappings'], value: 'own' },
  }),
  'mapping-not-used': async ({ keyPath: [part, key] }) => {
    const { ownMappings } = await import('../../core/sequence/ownMappings');
    const value = (await ownMappings())[key as 'uidMappings' | 'gidMappings'];
    return {
      title: vscode.l10n.t('Write my IDs into "{0}"', String(key)),
      path: [part!, key!],
      value,
    };
  },
  remark: ({ keyPath }) =>
    keyPath.join('.') === 'linux.namespaces' ? addNamespace('pid') : undefined,
};

function addNamespace(type: string): Change {
  return {
    title: vscode.l10n.t('Add the {0} namespace', type),
    ...{ path: ['linux', 'namespaces', -1], value: { type }, inserts: true },
  };
}

async function otherwise(
  { code, keyPath }: ConfigDiagnostic,
  document: vscode.TextDocument,
): Promise<Change | undefined> {
  const { t } = vscode.l10n;
  if (removable.has(code as string))
    return { title: t('Remove "{0}"', String(keyPath.at(-1))), path: keyPath, value: undefined };
  const type = missingNamespace[code as string];
  if (type !== undefined) return addNamespace(type);
  if (keyPath.join('.') !== 'root.path') return undefined;
  const usual = await lstat(path.join(path.dirname(document.uri.fsPath), 'rootfs')).catch(
    () => undefined, // it is not there
  );
  if (!usual?.isDirectory()) return undefined;
  return { title: t('Use the folder "{0}"', 'rootfs'), path: keyPath, value: 'rootfs' };
}

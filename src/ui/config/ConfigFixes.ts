/**
 * Quick fixes for diagnostics with one remedy. A line may have a hundred diagnostics, so the document is
 * parsed only when a fix is applied. Made by register.ts.
 */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../commandIds';
import { rootfsBelowSetting } from '../services/rootfsBelow';
import { ConfigDiagnostic } from './ConfigDiagnostics';

/** Problems whose only fix is to remove the key. */
const removable = new Set(['config-hooks', 'config-host-reach', 'key-ignored']);

/** Problems whose fix is to add a namespace. */
const missingNamespace: Readonly<Record<string, string>> = {
  'mount-namespace-missing': 'mount',
  'pid-namespace-missing': 'pid',
  'network-namespace-missing': 'network',
  'uts-namespace-missing': 'uts',
};

type Path = readonly (string | number)[];

/** The edit: a new value at a path, no value, or another name of a key. */
type Change = { readonly title: string; readonly path: Path } & (
  { readonly value: unknown; readonly inserts?: boolean } | { readonly key: string }
);

type Fixer = (
  diagnostic: ConfigDiagnostic,
  document: vscode.TextDocument,
) => Promise<Change | undefined> | Change | undefined;

/** A quick fix without its edit, which is made when the fix is applied. */
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
      if (['rootfs-outside', 'rootfs-below-unfit'].includes(diagnostic.code))
        actions.push(allowsFolders(diagnostic));
      const change = await (fixers[diagnostic.code] ?? otherwise)(diagnostic, document);
      if (!change) continue;
      // Several diagnostics can have the same fix.
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

/** VS Code's document does not contain the byte order mark, so no edit of the document can remove it. */
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

/** Which folders are allowed is for the person to say: it opens the setting, and changes nothing. */
function allowsFolders(diagnostic: vscode.Diagnostic): vscode.CodeAction {
  const title = vscode.l10n.t('Open the setting that allows a rootfs outside of its bundle');
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.command = {
    ...{ title, command: 'workbench.action.openSettings' },
    arguments: [`@id:${rootfsBelowSetting}`],
  };
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

/** Fixes by the code of the diagnostic. */
const fixers: Readonly<Record<string, Fixer>> = {
  'config-key-spelling': async ({ keyPath }) => {
    const { spelledAs } = await import('../../core/lazy');
    const key = spelledAs(String(keyPath.at(-1)));
    if (key === undefined) return undefined;
    return { title: vscode.l10n.t('Rename to "{0}"', key), path: keyPath, key };
  },
  'proc-missing': () => ({
    title: vscode.l10n.t('Mount a procfs at /proc'),
    // As the first mount: mounts below it must come later.
    path: ['mounts', 0],
    value: { destination: '/proc', type: 'proc', source: 'proc' },
    inserts: true,
  }),
  // The other engines carry these keys out.
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
    title: vscode.l10n.t('Map the IDs of the user who starts it'),
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

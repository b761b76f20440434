/**
 * Shows a page as a Markdown preview. A virtual document of its own scheme: an untitled one would ask to
 * be saved. Used by "Check This Machine", "Show Warnings" and the question for the privilege.
 * VS Code restores their tabs after "Reload Window", so the workspace remembers the last ones.
 */
import path from 'node:path';
import * as vscode from 'vscode';

const scheme = 'terrarium-page';
const memory = 'terrarium.pages';
/** How many are remembered. */
const maxPages = 16;

const changed = new vscode.EventEmitter<vscode.Uri>();
/** Path → Markdown, the last one shown at the end. */
const pages = new Map<string, string>();
let remember: () => Thenable<void> = () => Promise.resolve();

/** Serves the pages. Called once by `extension.ts`. */
export function registerPages({ subscriptions, workspaceState }: vscode.ExtensionContext): void {
  for (const [name, text] of workspaceState.get<[string, string][]>(memory, []))
    pages.set(name, text);
  remember = () => workspaceState.update(memory, [...pages]);
  subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => pages.get(uri.path) ?? forgotten(uri),
    }),
  );
}

function forgotten(uri: vscode.Uri): string {
  return vscode.l10n.t(
    '“{0}” is no longer remembered. “Check This Machine”, “Show Warnings” or “Choose Privilege…” shows such a page anew.',
    path.posix.basename(uri.path, '.md'),
  );
}

/** @param title of the tab, escaped @param markdown foreign names in it are escaped */
export async function showPage(title: string, markdown: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme, path: `/${title}.md` });
  pages.delete(uri.path);
  pages.set(uri.path, markdown);
  for (const oldest of [...pages.keys()].slice(0, -maxPages)) pages.delete(oldest);
  changed.fire(uri);
  await remember();
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

/**
 * Shows a page as a Markdown preview. A virtual document of its own scheme: an untitled one would ask to
 * be saved. Used by "Check This Machine", "Show Warnings" and the question for the privilege.
 */
import * as vscode from 'vscode';

const scheme = 'terrarium-page';
const changed = new vscode.EventEmitter<vscode.Uri>();
const pages = new Map<string, string>();

/** Serves the pages; those from before a reload are empty. Called once by `extension.ts`. */
export function registerPages({ subscriptions }: vscode.ExtensionContext): void {
  subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ path }) => pages.get(path) ?? '',
    }),
  );
}

/** @param title of the tab, escaped @param markdown foreign names in it are escaped */
export async function showPage(title: string, markdown: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme, path: `/${title}.md` });
  pages.set(uri.path, markdown);
  changed.fire(uri);
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

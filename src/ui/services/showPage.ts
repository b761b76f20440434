/**
 * Pages to read, as a preview of Markdown: a file of their own rather than an untitled one, which would
 * ask to be saved. Used by "Check This Machine", "Show Warnings" and the question for the privilege.
 */
import * as vscode from 'vscode';

const scheme = 'terrarium-page';
const changed = new vscode.EventEmitter<vscode.Uri>();
const pages = new Map<string, string>();

/** Serves the pages; what was shown before a reload is gone. Called once, by `extension.ts`. */
export function registerPages({ subscriptions }: vscode.ExtensionContext): void {
  subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ path }) => pages.get(path) ?? '',
    }),
  );
}

/** @param title of the tab, safe to show @param markdown what others chose in it is escaped */
export async function showPage(title: string, markdown: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme, path: `/${title}.md` });
  pages.set(uri.path, markdown);
  changed.fire(uri);
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

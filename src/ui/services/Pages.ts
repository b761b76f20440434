/**
 * Pages that are shown as a Markdown preview. A virtual document of their own scheme: an untitled one would ask
 * to be saved. Used by "Check This Machine", "Show Warnings", the report of an import and the question for the
 * privilege. VS Code restores their tabs after "Reload Window", so the workspace remembers the last ones.
 */
import path from 'node:path';
import * as vscode from 'vscode';

const scheme = 'terrarium-page';
const memory = 'terrarium.pages';
/** How many are remembered. */
const maxPages = 16;

export class Pages implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** Path → Markdown, the last one shown at the end. */
  readonly #pages: Map<string, string>;
  readonly #provider: vscode.Disposable;

  constructor(private readonly workspaceState: vscode.Memento) {
    this.#pages = new Map(workspaceState.get<[string, string][]>(memory, []));
    this.#provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.#changed.event,
      provideTextDocumentContent: (uri) => this.#pages.get(uri.path) ?? forgotten(uri),
    });
  }

  /** @param title of the tab, escaped @param markdown foreign names in it are escaped */
  async show(title: string, markdown: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${title}.md` });
    this.#pages.delete(uri.path);
    this.#pages.set(uri.path, markdown);
    for (const oldest of [...this.#pages.keys()].slice(0, -maxPages)) this.#pages.delete(oldest);
    this.#changed.fire(uri);
    await this.workspaceState.update(memory, [...this.#pages]);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  dispose(): void {
    this.#provider.dispose();
    this.#changed.dispose();
  }
}

function forgotten(uri: vscode.Uri): string {
  return vscode.l10n.t(
    '“{0}” is no longer remembered. “Check This Machine”, “Show Warnings” or “Choose Privilege…” shows such a page anew.',
    path.posix.basename(uri.path, '.md'),
  );
}

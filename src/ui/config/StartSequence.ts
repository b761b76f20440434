/** The read-only preview of a start sequence, which follows its config.json. Made by register.ts. */
import * as vscode from 'vscode';
import { isConfig } from './isConfig';

export const sequenceScheme = 'terrarium-sequence';

/** @param config the file that it is about; its path ends in .sh for the colours */
export function sequenceUri(config: vscode.Uri): vscode.Uri {
  const folder = vscode.Uri.joinPath(config, '..');
  const name = folder.path.slice(folder.path.lastIndexOf('/') + 1);
  return vscode.Uri.from({
    scheme: sequenceScheme,
    path: `/${name}-start.sh`,
    query: config.toString(),
  });
}

export class StartSequence implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #typing: vscode.Disposable;

  constructor() {
    this.#typing = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (!isConfig(document)) return;
      const uri = sequenceUri(document.uri);
      const isShown = vscode.workspace.textDocuments.some(
        (open) => open.uri.toString() === uri.toString(),
      );
      if (isShown) this.#changed.fire(uri);
    });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { t } = vscode.l10n;
    const config = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri.query, true));
    const setting = vscode.workspace.getConfiguration('terrarium').get<string>('privilege');
    const privilege = process.geteuid?.() === 0 || setting !== 'rootless' ? 'root' : 'rootless';
    const { planText } = await import('../../core/lazy');
    return planText(config.getText(), config.uri.fsPath, privilege, {
      broken: (reason) => t('Cannot be planned yet: {0}', reason),
      notCarriedOut: t('Not carried out:'),
      runtime: (name) => t('{0} makes the container in its own way.', name),
    });
  }

  dispose(): void {
    this.#typing.dispose();
    this.#changed.dispose();
  }
}

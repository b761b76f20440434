/** Diagnostics of open config.json files, updated while the user types. Made by register.ts. */
import * as vscode from 'vscode';
import { chosenPrivilege } from '../services/chosenPrivilege';
import { allowedFolders, onDidChangeAllowed } from '../services/rootfsBelow';
import { isConfig } from './isConfig';

/** Delay after the last keystroke, in milliseconds. */
const quietFor = 300;

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** VS Code itself reports these where the language is JSON: a duplicate key at both places. */
const saidByVsCode: ReadonlySet<string> = new Set(['config-not-json', 'config-duplicate-key']);

/** A diagnostic with the key that it is about. */
export class ConfigDiagnostic extends vscode.Diagnostic {
  keyPath: readonly (string | number)[] = [];
}

export class ConfigDiagnostics implements vscode.Disposable {
  readonly #shown = vscode.languages.createDiagnosticCollection('terrarium');
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Cancels the last check of each document. */
  readonly #checks = new Map<string, AbortController>();
  readonly #store: vscode.Disposable[];

  constructor(private readonly log: vscode.LogOutputChannel) {
    const { workspace } = vscode;
    // A byte order mark belongs to the file and not to the document's text.
    const files = workspace.createFileSystemWatcher('**/config.json', true, false, true);
    this.#store = [
      this.#shown,
      files,
      onDidChangeAllowed(() => workspace.textDocuments.forEach((one) => this.#soon(one))),
      files.onDidChange((uri) => {
        const open = workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
        if (open) this.#soon(open);
      }),
      workspace.onDidOpenTextDocument((document) => this.#soon(document)),
      workspace.onDidSaveTextDocument((document) => this.#soon(document)),
      workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)),
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#forget(uri.toString());
        this.#shown.delete(uri);
      }),
    ];
    workspace.textDocuments.forEach((document) => this.#soon(document));
  }

  #soon(document: vscode.TextDocument): void {
    if (!isConfig(document)) return;
    const key = document.uri.toString();
    this.#forget(key);
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        const check = new AbortController();
        this.#checks.set(key, check);
        this.#check(document, check.signal).catch((error: unknown) => {
          if (!check.signal.aborted) this.log.error(error as Error);
        });
      }, quietFor),
    );
  }

  /** Cancels the check of a document that has changed or was closed. */
  #forget(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#checks.get(key)?.abort();
    this.#checks.delete(key);
  }

  async #check(document: vscode.TextDocument, signal: AbortSignal): Promise<void> {
    const { findingsOf } = await import('../../core/lazy');
    const [text, file] = [document.getText(), document.uri.fsPath];
    const findings = await findingsOf(text, file, chosenPrivilege(), {
      ...{ signal, allowed: allowedFolders() },
    });
    if (signal.aborted) return;
    const own = findings.filter(
      ({ code }) => !saidByVsCode.has(code) || !/^jsonc?$/.test(document.languageId),
    );
    this.#shown.set(
      document.uri,
      own.map(({ message, severity, offset, length, code, path }) => {
        const range = new vscode.Range(
          document.positionAt(offset),
          document.positionAt(offset + length),
        );
        const diagnostic = new ConfigDiagnostic(range, message, severities[severity]);
        diagnostic.source = 'Terrarium';
        diagnostic.code = code;
        diagnostic.keyPath = path;
        return diagnostic;
      }),
    );
  }

  dispose(): void {
    for (const key of [...this.#timers.keys(), ...this.#checks.keys()]) this.#forget(key);
    for (const disposable of this.#store) disposable.dispose();
  }
}

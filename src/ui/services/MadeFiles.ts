/**
 * Read-only documents that are made from their URI, as files of a file system of their own. VS Code brings
 * tabs of files back with the window, and loads the extension for them (`onFileSystem:SCHEME` in
 * package.json); tabs of a TextDocumentContentProvider it closes. Used for start sequences, processes and
 * lessons.
 */
import * as vscode from 'vscode';

/** Makes VS Code read UTF-8, whatever `files.encoding` says. */
const byteOrderMark = '\ufeff';

export class MadeFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  /** Where nothing has changed VS Code asks for the time and reads nothing anew. */
  readonly #changedAt = new Map<string, number>();
  #changes = 0;
  readonly #subscriptions: readonly vscode.Disposable[];

  readonly onDidChangeFile = this.#changed.event;

  /**
   * @param make the text of a document, or its bytes as they are
   * @param onDidChange what is to be made anew
   */
  constructor(
    private readonly make: (uri: vscode.Uri) => Promise<string | Uint8Array>,
    onDidChange: vscode.Event<vscode.Uri>,
  ) {
    this.#subscriptions = [
      this.#changed,
      onDidChange((uri) => {
        this.#changedAt.set(uri.toString(), ++this.#changes);
        this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
      }),
    ];
  }

  /** @returns what is to be disposed of */
  static register(
    scheme: string,
    make: (uri: vscode.Uri) => Promise<string | Uint8Array>,
    onDidChange: vscode.Event<vscode.Uri>,
  ): vscode.Disposable {
    const files = new MadeFiles(make, onDidChange);
    const options = { isCaseSensitive: true, isReadonly: true };
    return vscode.Disposable.from(
      files,
      vscode.workspace.registerFileSystemProvider(scheme, files, options),
    );
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined); // every change is reported
  }

  /** What has no query is a folder above, which the breadcrumbs ask for. */
  stat(uri: vscode.Uri): vscode.FileStat {
    const type = uri.query === '' ? vscode.FileType.Directory : vscode.FileType.File;
    return { type, ctime: 0, mtime: this.#changedAt.get(uri.toString()) ?? 0, size: 0 };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const made = await this.make(uri);
    return typeof made === 'string' ? new TextEncoder().encode(byteOrderMark + made) : made;
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

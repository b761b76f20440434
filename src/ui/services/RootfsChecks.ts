/**
 * What is wrong with files of a rootfs, as VS Code shows it: problems, which its Explorer marks too, and decorations for
 * what is no fault and good to know. A rootfs is checked on request; from then on each file of it that is saved is
 * looked at again. Made once by `extension.ts`.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import type { RootfsCheck, RootfsFault, RootfsMark } from '../../protocol/rootfsCheck';
import type { ContainerStore } from './ContainerStore';
import { type LintedPlace, runLint } from './runLint';

/** A rootfs as the workspace has it. */
export interface CheckedRootfs extends LintedPlace {
  /** Absolute path in the workspace. */
  readonly rootfs: string;
}

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

const firstLine = new vscode.Range(0, 0, 0, 0);

export class RootfsChecks implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #problems = vscode.languages.createDiagnosticCollection('terrarium-rootfs');
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.#changed.event;
  /** Path of the rootfs → what was checked. */
  readonly #checked = new Map<string, CheckedRootfs>();
  /** Path of a file → what it is. */
  readonly #marks = new Map<string, RootfsMark['kind'][]>();
  /** Ends what runs when the window goes. */
  readonly #closing = new AbortController();
  readonly #store: vscode.Disposable[];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly containers: Pick<ContainerStore, 'all' | 'discovery' | 'onDidChange'>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#store = [
      containers.onDidChange(() => this.#forgetGone()),
      this.#problems,
      this.#changed,
      vscode.window.registerFileDecorationProvider(this),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        this.#again(uri).catch((error: unknown) => {
          if (!this.#closing.signal.aborted) this.log.error(error as Error);
        });
      }),
    ];
  }

  /** Looks at all of a rootfs, and shows what was found. @throws as `runLint` */
  async check(place: CheckedRootfs, signal: AbortSignal): Promise<RootfsCheck> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const found = await runLint(this.context, place, either);
    this.forget(place.rootfs);
    this.#checked.set(place.rootfs, place);
    this.#show(place, found);
    return found;
  }

  /** Takes away what is shown of a rootfs. */
  forget(rootfs: string): void {
    const place = this.#checked.get(rootfs);
    this.#checked.delete(rootfs);
    for (const file of this.#marks.keys()) if (isOf(file, rootfs)) this.#marks.delete(file);
    this.#problems.forEach((uri) => {
      if (isOf(uri.fsPath, rootfs) || (place && uri.fsPath === wholeOf(place).fsPath))
        this.#problems.delete(uri);
    });
    this.#changed.fire(undefined);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const kinds = uri.scheme === 'file' ? this.#marks.get(uri.fsPath) : undefined;
    const [first] = kinds ?? [];
    if (!kinds || !first) return undefined;
    const { t } = vscode.l10n;
    const texts: Record<RootfsMark['kind'], [badge: string, text: string]> = {
      setuid: ['u', t('set-user-ID: it runs as its owner')],
      setgid: ['g', t('set-group-ID: it runs with its group')],
      device: ['d', t('a device node')],
      'absolute-link': [
        '↷',
        t('an absolute link: it begins at the rootfs inside, and at the machine’s root here'),
      ],
    };
    return new vscode.FileDecoration(
      texts[first][0],
      kinds.map((kind) => texts[kind][1]).join(', '),
    );
  }

  dispose(): void {
    this.#closing.abort(new vscode.CancellationError());
    for (const one of this.#store) one.dispose();
  }

  #forgetGone(): void {
    const { all, discovery } = this.containers;
    const there = new Set([
      ...all.map(({ rootfs }) => rootfs),
      ...discovery.rootfsFolders.flatMap(({ folder, real }) => [folder, real]),
    ]);
    for (const rootfs of this.#checked.keys()) if (!there.has(rootfs)) this.forget(rootfs);
  }

  /** Of a file that was saved. */
  async #again(uri: vscode.Uri): Promise<void> {
    const place = [...this.#checked.values()].find(({ rootfs }) => isOf(uri.fsPath, rootfs));
    if (!place || uri.scheme !== 'file') return;
    const inside = `/${path.relative(place.rootfs, uri.fsPath)}`;
    const found = await runLint(this.context, { ...place, path: inside }, this.#closing.signal);
    this.#problems.delete(uri);
    this.#marks.delete(uri.fsPath);
    this.#show(place, found);
  }

  #show(place: CheckedRootfs, { faults, marks }: RootfsCheck): void {
    for (const [inside, some] of byPath(faults))
      this.#problems.set(
        inside === '/' ? wholeOf(place) : vscode.Uri.file(path.join(place.rootfs, inside)),
        some.map(problemOf),
      );
    for (const [inside, some] of byPath(marks))
      this.#marks.set(
        path.join(place.rootfs, inside),
        some.map(({ kind }) => kind),
      );
    this.#changed.fire(undefined);
  }
}

function problemOf({ code, severity, message }: RootfsFault): vscode.Diagnostic {
  const problem = new vscode.Diagnostic(firstLine, message, severities[severity]);
  problem.source = 'Terrarium';
  problem.code = code;
  return problem;
}

function byPath<T extends { readonly path: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.path);
    if (group) group.push(one);
    else groups.set(one.path, [one]);
  }
  return groups;
}

/** Where a fault of the whole rootfs stands: a folder can have none that one could open. */
function wholeOf({ bundle, kind, rootfs }: CheckedRootfs): vscode.Uri {
  return vscode.Uri.file(kind === 'bundle' ? path.join(bundle, 'config.json') : rootfs);
}

function isOf(file: string, rootfs: string): boolean {
  return file.startsWith(`${rootfs}/`);
}

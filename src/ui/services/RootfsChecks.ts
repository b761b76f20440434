/**
 * What is wrong with files of a rootfs, as VS Code shows it: problems, which its Explorer marks too, and decorations for
 * what is no fault and good to know. A rootfs is checked on request; from then on what changes in it is looked at again,
 * with all files that have a problem: a library that is copied in ends those of others. Made once by `extension.ts`.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import type { RootfsCheck, RootfsFault, RootfsMark } from '../../protocol/rootfsCheck';
import type { ContainerStore } from './ContainerStore';
import { RootfsChanges, mostFiles } from './RootfsChanges';
import type { SavedFiles } from './SavedFiles';
import { type LintRunner, type LintedPlace, runLint } from './runLint';

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
  /** Path of the rootfs → what was checked, and what tells of changes in it. */
  readonly #checked = new Map<string, { place: CheckedRootfs; changes: RootfsChanges }>();
  /** Path of a file → what it is. */
  readonly #marks = new Map<string, RootfsMark[]>();
  /** Ends what runs when the window goes. */
  readonly #closing = new AbortController();
  readonly #store: vscode.Disposable[];

  constructor(
    private readonly runner: LintRunner,
    private readonly containers: Pick<ContainerStore, 'all' | 'discovery' | 'onDidChange'>,
    private readonly saved: Pick<SavedFiles, 'onDidChange'>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#store = [
      containers.onDidChange(() => this.#forgetGone()),
      this.#problems,
      this.#changed,
      vscode.window.registerFileDecorationProvider(this),
    ];
  }

  /** Looks at all of a rootfs, and shows what was found. @throws as `runLint` */
  async check(place: CheckedRootfs, signal: AbortSignal): Promise<RootfsCheck> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const found = await runLint(this.runner, place, ['/'], either);
    this.#clear(place);
    const again = (files: ReadonlySet<string> | undefined) => this.#again(place, files);
    const changes =
      this.#checked.get(place.rootfs)?.changes ??
      new RootfsChanges(place.rootfs, this.saved, again, (error) => this.#failed(error));
    this.#checked.set(place.rootfs, { place, changes });
    this.#show(place, found);
    return found;
  }

  /** Takes away what is shown of a rootfs, and looks at it no more. */
  forget(rootfs: string): void {
    const checked = this.#checked.get(rootfs);
    if (!checked) return;
    checked.changes.dispose();
    this.#checked.delete(rootfs);
    this.#clear(checked.place);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const marks = uri.scheme === 'file' ? this.#marks.get(uri.fsPath) : undefined;
    const [first] = marks ?? [];
    if (!marks || !first) return undefined;
    const { t } = vscode.l10n;
    const texts: Record<RootfsMark['kind'], [badge: string, text: string]> = {
      setuid: ['u', t('set-user-ID: it runs as its owner')],
      setgid: ['g', t('set-group-ID: it runs with its group')],
      capabilities: ['c', t('file capabilities, which it gets when it is executed')],
      device: ['d', t('a device node')],
      'absolute-link': [
        '↷',
        t('an absolute link: it begins at the rootfs inside, and at the machine’s root here'),
      ],
    };
    return new vscode.FileDecoration(
      texts[first.kind][0],
      marks
        .map(({ kind, text }) => texts[kind][1] + (text === undefined ? '' : `: ${text}`))
        .join(', '),
    );
  }

  dispose(): void {
    this.#closing.abort(new vscode.CancellationError());
    for (const { changes } of this.#checked.values()) changes.dispose();
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

  #clear(place: CheckedRootfs): void {
    for (const file of this.#marks.keys()) if (isOf(file, place.rootfs)) this.#marks.delete(file);
    this.#problems.forEach((uri) => {
      if (isOf(uri.fsPath, place.rootfs) || uri.fsPath === wholeOf(place).fsPath)
        this.#problems.delete(uri);
    });
    this.#changed.fire(undefined);
  }

  #failed(error: unknown): void {
    if (!this.#closing.signal.aborted) this.log.error(error as Error);
  }

  /** @param changed absolute paths; undefined where they are too many: then all is looked at */
  async #again(place: CheckedRootfs, changed: ReadonlySet<string> | undefined): Promise<void> {
    const faulty: string[] = [];
    this.#problems.forEach(({ fsPath }, some) => {
      // Whose all files are, one file does not say.
      if (isOf(fsPath, place.rootfs) && some.some(({ code }) => code !== 'owner-unnamed'))
        faulty.push(fsPath);
    });
    const wanted = [...new Set([...(changed ?? []), ...faulty])];
    if (!changed || wanted.length > mostFiles) {
      await this.check(place, this.#closing.signal);
      return;
    }
    const paths = wanted.map((file) => `/${path.relative(place.rootfs, file)}`);
    const found = await runLint(this.runner, place, paths, this.#closing.signal);
    if (!this.#checked.has(place.rootfs)) return;
    for (const file of wanted) {
      this.#problems.delete(vscode.Uri.file(file));
      this.#marks.delete(file);
    }
    this.#problems.delete(wholeOf(place));
    this.#show(place, found);
  }

  #show(place: CheckedRootfs, { faults, marks }: RootfsCheck): void {
    for (const [inside, some] of byPath(faults))
      this.#problems.set(
        inside === '/' ? wholeOf(place) : vscode.Uri.file(path.join(place.rootfs, inside)),
        some.map(problemOf),
      );
    for (const [inside, some] of byPath(marks))
      this.#marks.set(path.join(place.rootfs, inside), some);
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

/**
 * Runs the cells of a start that goes step by step: in their order, each with its calls and the evidence
 * below it. Closing the tab cancels the start. Made with the first such start.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../../core/errors';
import type { ProcessSnapshot } from '../../../protocol/snapshot';
import type { TerminalServices } from '../../terminal/TerminalServices';
import { commandIds } from '../../commandIds';
import { ActionError, showError } from '../../showError';
import { tickTour } from '../../services/tour';
import { requireTrustedLinux } from '../../services/trust';
import { cellLanguage, stepsType } from '../lessonType';
import { reveal } from '../reveal';
import type { StartState, SteppedStart } from './SteppedStart';
import { bundleOfSteps, stepsUri } from './stepsUri';
import { tabsOf } from './tabsOf';

export class StepsController implements vscode.Disposable {
  readonly #controller: vscode.NotebookController;
  readonly #disposables: readonly vscode.Disposable[];
  /** By the URI of the notebook, while its tab is open. */
  readonly #starts = new Map<string, SteppedStart>();
  /** Of each notebook: resolves when all cells so far have run. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #interrupted = new Set<string>();
  readonly #changed = new vscode.EventEmitter<void>();

  /** A step was carried out, or a start has ended. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly services: TerminalServices,
    private readonly texts: typeof import('../lessonTexts'),
  ) {
    const { t } = vscode.l10n;
    const controller = (this.#controller = vscode.notebooks.createNotebookController(
      'terrarium-steps',
      stepsType,
      t('Start, Step by Step'),
    ));
    controller.supportedLanguages = [cellLanguage];
    controller.supportsExecutionOrder = true;
    controller.description = t('Carries the steps out, and shows what each one changed.');
    controller.executeHandler = (cells, notebook) => this.#enqueue(notebook, cells);
    controller.interruptHandler = ({ uri }) => void this.#interrupted.add(uri.toString());
    this.#disposables = [
      controller,
      this.#changed,
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => this.#onClosed(closed)),
      services.helpers.onDidChange(() => this.#changed.fire()),
      this.onDidChange(() => this.#setContext()),
      vscode.notebooks.registerNotebookCellStatusBarItemProvider(stepsType, {
        onDidChangeCellStatusBarItems: this.onDidChange,
        provideCellStatusBarItems: (cell) => this.#statusOf(cell),
      }),
    ];
  }

  /** Takes a start over, from before its first step. @returns the URI of its notebook */
  add(start: SteppedStart): vscode.Uri {
    const uri = stepsUri(start.began);
    this.#starts.set(uri.toString(), start);
    void start.over.then(() => this.#changed.fire());
    this.#changed.fire();
    return uri;
  }

  get(uri: vscode.Uri): SteppedStart | undefined {
    return this.#starts.get(uri.toString());
  }

  /** The notebooks of starts that wait: all, or that of one container. */
  waiting(containerId?: string): vscode.Uri[] {
    return [...this.#starts]
      .filter(([, { state, began }]) => state === 'waits' && began.id === (containerId ?? began.id))
      .map(([uri]) => vscode.Uri.parse(uri, true));
  }

  /** The notebook as Markdown. @throws FileSystemError for a URI that is none of ours */
  read(uri: vscode.Uri): Uint8Array {
    const { t } = vscode.l10n;
    const bundle = bundleOfSteps(uri);
    if (bundle === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const start = this.get(uri);
    return start
      ? this.texts.stepsMarkdown(start.began.name, start, t)
      : this.texts.endedMarkdown(path.basename(bundle), t);
  }

  /** For the `when` clauses of package.json. */
  #setContext(): void {
    const waiting = this.waiting().map(String);
    const set = (key: string, value: unknown) =>
      void vscode.commands.executeCommand('setContext', `terrarium.${key}`, value);
    set('waitingSteps', waiting);
    set('startWaits', waiting.length > 0);
  }

  /** Says which step a cell is, and whether it is the next one. */
  #statusOf(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem | undefined {
    const start = this.get(cell.notebook.uri);
    const index = stepCells(cell.notebook).indexOf(cell);
    if (!start || index < 0) return undefined;
    const { t } = vscode.l10n;
    const isNext = start.state === 'waits' && start.next === index;
    const numbers = [index + 1, start.gates.length] as const;
    return new vscode.NotebookCellStatusBarItem(
      isNext
        ? t('$(debug-stackframe) next: step {0} of {1}', ...numbers)
        : t('step {0} of {1}', ...numbers),
      vscode.NotebookCellStatusBarAlignment.Right,
    );
  }

  #enqueue(
    notebook: vscode.NotebookDocument,
    cells: readonly vscode.NotebookCell[],
  ): Promise<void> {
    const key = notebook.uri.toString();
    const steps = stepCells(notebook);
    const last = Math.max(...cells.map((cell) => steps.indexOf(cell)));
    const before = this.#queues.get(key) ?? Promise.resolve();
    const all = before.then(() =>
      this.#runTo(notebook, last).catch((error: unknown) => void showError(this.services, error)),
    );
    this.#queues.set(key, all);
    return all;
  }

  /** @param last the last cell that is to be run @throws what the helper says; `start-over` */
  async #runTo(notebook: vscode.NotebookDocument, last: number): Promise<void> {
    requireTrustedLinux();
    const key = notebook.uri.toString();
    const start = this.#starts.get(key);
    if (start && last < start.next) return this.#keepMarks(notebook, last);
    if (start?.state !== 'waits') throw startOver(notebook.uri, start?.state);
    this.#interrupted.delete(key);
    const goesOn = () =>
      start.state === 'waits' && start.next <= last && !this.#interrupted.has(key);
    // Between steps that follow each other nobody else has changed anything.
    let former: ProcessSnapshot | undefined;
    do former = await this.#runNext(notebook, start, former);
    while (goesOn());
    await this.#showConsole(start);
  }

  /** A step is carried out once. VS Code takes the mark of a cell that it is told to run, and gets it back. */
  #keepMarks(notebook: vscode.NotebookDocument, last: number): void {
    const cell = stepCells(notebook)[last];
    if (!cell) return;
    const execution = this.#controller.createNotebookCellExecution(cell);
    execution.executionOrder = last + 1;
    execution.start(cell.executionSummary?.timing?.startTime);
    execution.end(cell.executionSummary?.success ?? true, cell.executionSummary?.timing?.endTime);
  }

  /** @returns PID 1 after it, where there is one. @throws what the helper says */
  async #runNext(
    notebook: vscode.NotebookDocument,
    start: SteppedStart,
    former: ProcessSnapshot | undefined,
  ): Promise<ProcessSnapshot | undefined> {
    const cell = stepCells(notebook)[start.next]!;
    const execution = this.#controller.createNotebookCellExecution(cell);
    execution.executionOrder = start.next + 1;
    execution.start(Date.now());
    reveal(cell);
    try {
      const outcome = await start.advance(former);
      await execution.replaceOutput(this.texts.stepOutputs(outcome));
      execution.end(start.state !== 'failed', Date.now());
      reveal(cell);
      return outcome.after;
    } catch (error) {
      execution.end(false, Date.now());
      throw error;
    } finally {
      this.#changed.fire();
    }
  }

  async #showConsole({ state, began, present }: SteppedStart): Promise<void> {
    if (state !== 'runs') return;
    tickTour('learned');
    const { terminals, helpers } = this.services;
    const { bundle, name, console } = began;
    const terminal = terminals.openConsole(bundle, name, { focus: true });
    await terminal.attach(helpers.of(present), console);
  }

  /** VS Code tells of a notebook that was closed only long after its tab has gone. */
  #onClosed(closed: readonly vscode.Tab[]): void {
    for (const { input } of closed) {
      if (!(input instanceof vscode.TabInputNotebook) || input.notebookType !== stepsType) continue;
      if (tabsOf(input.uri).length > 0) continue; // it was in two groups, or moved
      const key = input.uri.toString();
      const start = this.#starts.get(key);
      this.#starts.delete(key);
      this.#queues.delete(key);
      this.#changed.fire();
      start?.cancel().catch((error: unknown) => void showError(this.services, error));
    }
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

/** The cells that are steps, in their order. */
export function stepCells(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
  return notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
}

/** @param state undefined where this window has no such start */
export function startOver(notebook: vscode.Uri, state: StartState | undefined): TerrariumError {
  const { t } = vscode.l10n;
  const reasons: Readonly<Partial<Record<StartState, string>>> = {
    runs: t('All steps of this start were carried out: its program runs, or has run.'),
    failed: t('This start has failed, and nothing of it is left.'),
  };
  return new ActionError(
    new TerrariumError(
      'start-over',
      reasons[state ?? 'ended'] ?? t('This start was ended, and nothing of it is left.'),
      t('Choose “Restart Steps” to begin anew.'),
    ),
    [
      {
        title: t('Restart Steps'),
        run: () => vscode.commands.executeCommand(commandIds.restartSteps, notebook),
      },
    ],
  );
}

/**
 * Runs the cells of lessons: one terminal for each lesson, and below each cell what it printed and what it
 * changed. Made with the first lesson that is opened.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { normalize } from '../../core/lesson/Lesson';
import { mayFail, typedLines } from '../../core/lesson/shellBlock';
import { showError } from '../showError';
import { lessonScheme } from '../services/lessonScheme';
import { tickTour } from '../services/tour';
import { requireTrustedLinux } from '../services/trust';
import type { TerminalServices } from '../terminal/TerminalServices';
import type { CellMetadata } from './LessonSerializer';
import { LessonTerminal } from './LessonTerminal';
import { type LessonFolder, lessonFolder } from './lessonFolder';
import { cellLanguage, lessonType, sessionLanguage } from './lessonType';
import { needsRootHelper, offerRootHelper } from './offerRootHelper';
import { reveal } from './reveal';

interface Running {
  readonly folder: LessonFolder;
  terminal: LessonTerminal | undefined;
  /** The cells that have succeeded. */
  readonly done: Set<vscode.NotebookCell>;
}

export class LessonController implements vscode.Disposable {
  readonly #controller: vscode.NotebookController;
  readonly #closing: vscode.Disposable;
  /** By the lesson's URI, from its first cell until it is closed. */
  readonly #running = new Map<string, Running>();
  /** Of each lesson: resolves when all cells so far have run. */
  readonly #queues = new Map<string, Promise<void>>();
  #runs = 0;
  #hasOffered = false;

  constructor(
    private readonly services: TerminalServices,
    private readonly texts: typeof import('./lessonTexts'),
  ) {
    const { t } = vscode.l10n;
    const controller = (this.#controller = vscode.notebooks.createNotebookController(
      'terrarium-lesson-shell',
      lessonType,
      t('Shell with Evidence'),
    ));
    controller.supportedLanguages = [cellLanguage, sessionLanguage];
    controller.supportsExecutionOrder = true;
    controller.description = t('Types each cell into one terminal, and shows what it changed.');
    controller.executeHandler = (cells, notebook) => this.#execute(cells, notebook);
    controller.interruptHandler = async (notebook) =>
      this.#running.get(notebook.uri.toString())?.terminal?.interrupt();
    this.#closing = vscode.workspace.onDidCloseNotebookDocument((notebook) =>
      this.#close(notebook.uri.toString()),
    );
  }

  /** One after the other, as in a terminal; what follows one that failed is not run. */
  #execute(
    cells: readonly vscode.NotebookCell[],
    notebook: vscode.NotebookDocument,
  ): Promise<void> {
    const executions = cells.map((cell) => this.#controller.createNotebookCellExecution(cell));
    const key = notebook.uri.toString();
    const before = this.#queues.get(key) ?? Promise.resolve();
    const all = before.then(async () => {
      let isGood = true;
      for (const execution of executions)
        if (isGood) isGood = await this.#run(execution, notebook);
        else execution.end(undefined);
    });
    this.#queues.set(key, all);
    return all;
  }

  /** Never rejects. @returns whether the cell has succeeded */
  async #run(
    execution: vscode.NotebookCellExecution,
    notebook: vscode.NotebookDocument,
  ): Promise<boolean> {
    const { cell } = execution;
    execution.executionOrder = ++this.#runs;
    execution.start(Date.now());
    reveal(cell);
    try {
      await execution.clearOutput();
      requireTrustedLinux();
      const lines = linesOf(cell);
      if (!this.#hasOffered && needsRootHelper(this.services, lines)) {
        this.#hasOffered = true;
        await offerRootHelper(this.services);
      }
      const terminal = await this.#terminal(notebook);
      const before = await terminal.look();
      const run = await terminal.run(lines);
      await execution.appendOutput(
        this.texts.runOutputs(run, lines, mayFail(sourceOf(cell)?.before)),
      );
      const after = run.lines.at(-1)?.end === 'over' ? undefined : await terminal.look();
      await execution.appendOutput(this.texts.evidenceOutputs(before, after));
      reveal(cell);
      const isGood = this.texts.hasSucceeded(run) || mayFail(sourceOf(cell)?.before);
      execution.end(isGood, Date.now());
      if (isGood) this.#succeeded(cell);
      return isGood;
    } catch (error) {
      execution.end(false, Date.now());
      void showError(this.services, error);
      return false;
    }
  }

  /** A lesson that comes along and has run to its end completes a step of the walkthrough. */
  #succeeded(cell: vscode.NotebookCell): void {
    const { notebook } = cell;
    const done = this.#running.get(notebook.uri.toString())?.done.add(cell);
    if (!done || notebook.uri.scheme !== lessonScheme) return;
    const cells = notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
    if (cells.every((one) => done.has(one))) tickTour('learned');
  }

  /** @throws what opening one says */
  async #terminal(notebook: vscode.NotebookDocument): Promise<LessonTerminal> {
    const key = notebook.uri.toString();
    let running = this.#running.get(key);
    if (!running) {
      const folder = await lessonFolder(notebook.uri);
      this.#running.set(key, (running = { folder, terminal: undefined, done: new Set() }));
    }
    if (!running.terminal || running.terminal.isOver) {
      const name = path.posix.basename(notebook.uri.path, '.md');
      running.terminal = await LessonTerminal.open(this.services, name, running.folder.path);
    }
    return running.terminal;
  }

  /** Ends what the lesson runs. Its next cell begins in a new terminal, and in a new folder where it has its own. */
  async restart(notebook: vscode.NotebookDocument): Promise<void> {
    const key = notebook.uri.toString();
    await this.#running.get(key)?.terminal?.interrupt();
    this.#close(key);
    this.#hasOffered = false;
  }

  #close(key: string): void {
    const running = this.#running.get(key);
    this.#running.delete(key);
    this.#queues.delete(key);
    running?.terminal?.close();
    running?.folder.remove().catch((error: unknown) => {
      this.services.log.warn(`${running.folder.path} stays: ${String(error)}`);
    });
  }

  dispose(): void {
    for (const key of [...this.#running.keys()]) this.#close(key);
    this.#closing.dispose();
    this.#controller.dispose();
  }
}

/** What is typed of a cell. */
function linesOf({ document, metadata }: vscode.NotebookCell): string[] {
  const { kind } = metadata as CellMetadata;
  return typedLines(normalize(document.getText()), kind === 'session' ? 'session' : 'script');
}

/** @returns undefined for a cell that is in no file */
function sourceOf({ metadata }: vscode.NotebookCell): CellMetadata['source'] {
  return (metadata as CellMetadata).source;
}

/**
 * Decides when a row of the Processes view is refreshed. Refreshing a row makes VS Code forget all rows
 * below it until it has asked for them again; a click on one of them meanwhile does nothing. So a row
 * with children shows new numbers only every three seconds, and a new state or name at once. A row
 * without children is refreshed with every message. Used by `ProcessesProvider`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ProcessInfo } from '../../../protocol/processes';
import type { Row } from './rows';

/** How often a row with children shows new numbers, in milliseconds. */
const parentNumbersMs = 3000;

/** Longest time that VS Code takes to ask for the children of a refreshed row, in milliseconds. */
const askedWithinMs = 1000;

/** The fields that are not numbers: a change of one is shown at once. */
const textFields = [
  ...(['state', 'name', 'commandLine', 'uid', 'euid', 'adopted'] as const),
  'mainThreadEnded' as const,
  'emulated' as const,
];

export class RowRefresh implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Row[] | undefined>();
  /** What each row that has children shows. */
  readonly #shown = new WeakMap<Row, ProcessInfo>();
  /** Rows with children whose new numbers are due. */
  readonly #due = new Set<Row>();
  #timer: NodeJS.Timeout | undefined;
  /** Refreshed rows whose children VS Code has not asked for since, and when they were refreshed. */
  readonly #unasked = new Map<Row | undefined, number>();

  /** For `onDidChangeTreeData`. */
  readonly onDidChange = this.#changed.event;

  /** Refreshes rows, each with its children; undefined refreshes the whole view. */
  now(rows: Row[] | undefined): void {
    for (const row of rows ?? [undefined]) {
      if (row) this.#due.delete(row);
      if (!row || this.#hasChildren(row)) this.#unasked.set(row, performance.now());
    }
    this.#changed.fire(rows);
  }

  /** Refreshes a row with children when its new numbers are due. */
  later(row: Row): void {
    this.#due.add(row);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#due.size > 0) this.now([...this.#due]);
    }, parentNumbersMs);
  }

  /** Whether a row shows `info` at once: it has no children, or more than a number has changed. */
  isUrgent(row: Row, info: ProcessInfo): boolean {
    const shown = this.#shown.get(row);
    return !shown || textFields.some((field) => shown[field] !== info[field]);
  }

  /** @param info what the row shows; undefined where it has no children */
  shows(row: Row, info: ProcessInfo | undefined): void {
    if (info) this.#shown.set(row, info);
    else this.#shown.delete(row);
  }

  /** VS Code has asked for the children of this row. */
  asked(row: Row | undefined): void {
    this.#unasked.delete(row);
  }

  forget(row: Row): void {
    this.#due.delete(row);
    this.#unasked.delete(row);
  }

  /** Resolves when VS Code knows the rows again that it forgot. */
  async settled(): Promise<void> {
    const isOpen = () =>
      [...this.#unasked.values()].some((at) => performance.now() - at < askedWithinMs);
    while (isOpen()) await delay(20);
    await delay(0); // VS Code takes in the children after it was given them
  }

  #hasChildren(row: Row): boolean {
    return row.kind === 'running' || this.#shown.has(row);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }
}

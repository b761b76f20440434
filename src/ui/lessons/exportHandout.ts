/** Reads a lesson, or a start by steps, out of the notebook editor. Called by "Export with Results…" and "Save Lesson As…". */
import * as vscode from 'vscode';
import type { Evidence } from '../../core/lesson/evidence';
import type { LessonCell } from '../../core/lesson/Lesson';
import { writeLesson } from '../../core/lesson/writeLesson';
import { lessonCell, lessonMetadata } from './LessonSerializer';
import { type CellResults, handoutCells } from './handout';

/** @returns Markdown with outputs and evidence, as bytes */
export function exportHandout(notebook: vscode.NotebookDocument): Uint8Array {
  const cells = notebook
    .getCells()
    .map((cell) => ({ cell: cellOf(cell), results: resultsOf(cell.outputs) }));
  return writeLesson({
    ...lessonMetadata(notebook.metadata),
    cells: handoutCells(cells, vscode.l10n.t),
  });
}

/** @returns the Markdown of the lesson alone, as bytes */
export function lessonBytes(notebook: vscode.NotebookDocument): Uint8Array {
  const cells = notebook.getCells().map(cellOf);
  return writeLesson({ ...lessonMetadata(notebook.metadata), cells });
}

function cellOf({ kind, document, metadata }: vscode.NotebookCell): LessonCell {
  return lessonCell({ kind, value: document.getText(), metadata });
}

const text = (data: Uint8Array) => Buffer.from(data).toString();

/** What an output says, by its type; that which is there for the eye says nothing else. */
const textsOf: Readonly<Record<string, (data: Uint8Array) => string>> = {
  'application/vnd.code.notebook.stdout': text,
  'application/vnd.code.notebook.stderr': text,
  'application/vnd.code.notebook.error': (data) => {
    const { name, message } = JSON.parse(text(data)) as { name: string; message: string };
    return `${name}: ${message}`;
  },
  'text/plain': text,
};

function resultsOf(outputs: readonly vscode.NotebookCellOutput[]): CellResults {
  return {
    // Evidence has text too, and is written as a table.
    texts: outputs
      .filter(({ metadata }) => metadata?.evidence === undefined)
      .flatMap(({ items }) => items.flatMap((item) => textsOf[item.mime]?.(item.data) ?? [])),
    evidence: outputs.flatMap(({ metadata }) => (metadata?.evidence as Evidence | undefined) ?? []),
  };
}

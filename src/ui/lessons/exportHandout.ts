/** Reads a lesson out of the notebook editor. Called by "Export Lesson with Results…" and "Save Lesson As…". */
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

function resultsOf(outputs: readonly vscode.NotebookCellOutput[]): CellResults {
  const shown = new Set(
    ['stdout', 'stderr'].map((name) => `application/vnd.code.notebook.${name}`),
  );
  const items = outputs.flatMap((output) => output.items);
  return {
    texts: items
      .filter(({ mime }) => shown.has(mime))
      .map(({ data }) => Buffer.from(data).toString()),
    evidence: outputs.flatMap(({ metadata }) => (metadata?.evidence as Evidence | undefined) ?? []),
  };
}

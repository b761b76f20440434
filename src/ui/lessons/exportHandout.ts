/** Reads a lesson with its results out of the notebook editor. Called by "Export Lesson with Results…". */
import * as vscode from 'vscode';
import type { Evidence } from '../../core/lesson/evidence';
import { writeLesson } from '../../core/lesson/writeLesson';
import { lessonCell, lessonMetadata } from './LessonSerializer';
import { type CellResults, handoutCells } from './handout';

/** @returns Markdown, as bytes */
export function exportHandout(notebook: vscode.NotebookDocument): Uint8Array {
  const { head, eol } = lessonMetadata(notebook.metadata);
  const cells = notebook.getCells().map(({ kind, document, metadata, outputs }) => ({
    cell: lessonCell({ kind, value: document.getText(), metadata }),
    results: resultsOf(outputs),
  }));
  return writeLesson({ head, eol, cells: handoutCells(cells, vscode.l10n.t) });
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

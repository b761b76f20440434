/**
 * A Markdown file as a notebook: prose as prose, shell blocks as cells. Loaded when the first lesson is
 * opened. How each cell stood in the file travels in its metadata, so that saving changes nothing else.
 */
import * as vscode from 'vscode';
import type { CellSource, Lesson, LessonCell } from '../../core/lesson/Lesson';
import { parseLesson } from '../../core/lesson/parseLesson';
import { hasPrompts } from '../../core/lesson/shellBlock';
import { writeLesson } from '../../core/lesson/writeLesson';
import { cellLanguage, sessionLanguage } from './lessonType';

/** Metadata of the notebook; absent in one that was not made from a file. */
type LessonMetadata = Partial<Pick<Lesson, 'head' | 'eol'>>;

/** Metadata of a cell; absent in one that was added in the editor. */
export interface CellMetadata {
  readonly kind?: LessonCell['kind'];
  readonly source?: CellSource;
}

export class LessonSerializer implements vscode.NotebookSerializer {
  deserializeNotebook(content: Uint8Array): vscode.NotebookData {
    const { head, eol, cells } = parseLesson(content);
    const data = new vscode.NotebookData(
      cells.map(({ kind, text, source }) => {
        const isProse = kind === 'prose';
        const cell = new vscode.NotebookCellData(
          isProse ? vscode.NotebookCellKind.Markup : vscode.NotebookCellKind.Code,
          text,
          isProse
            ? 'markdown'
            : kind === 'session' && hasPrompts(text)
              ? sessionLanguage
              : cellLanguage,
        );
        cell.metadata = { kind, source } satisfies CellMetadata;
        return cell;
      }),
    );
    data.metadata = { head, eol } satisfies LessonMetadata;
    return data;
  }

  serializeNotebook({ cells, metadata }: vscode.NotebookData): Uint8Array {
    return writeLesson({ ...lessonMetadata(metadata), cells: cells.map(lessonCell) });
  }
}

/** @param metadata of the notebook */
export function lessonMetadata(metadata: object | undefined): Pick<Lesson, 'head' | 'eol'> {
  return { head: '', eol: '\n', ...(metadata as LessonMetadata) };
}

/** A cell of the notebook, in data or on the screen. One that became prose, or code, in the editor is no longer the one of the file. */
export function lessonCell({
  kind,
  value,
  metadata,
}: Pick<vscode.NotebookCellData, 'kind' | 'value' | 'metadata'>): LessonCell {
  const before = (metadata ?? {}) as CellMetadata;
  const isProse = kind === vscode.NotebookCellKind.Markup;
  if (before.kind && before.source && isProse === (before.kind === 'prose'))
    return { kind: before.kind, text: value, source: before.source };
  return { kind: isProse ? 'prose' : 'script', text: value };
}

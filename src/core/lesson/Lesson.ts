/** A Markdown file as cells. Made by `parseLesson`, written by `writeLesson`; the notebook carries it. */
import type { ShellBlock } from './shellBlock';

/**
 * How a cell stood in the file. The strings have one character per byte (latin1), so that every file is
 * written back as it was, also one that is not UTF-8.
 */
export interface CellSource {
  /** Which of the file's cells it was, from 0. */
  readonly index: number;
  /** Blank lines, or the opening fence. */
  readonly before: string;
  readonly body: string;
  /** The closing fence, and blank lines up to the next cell. */
  readonly after: string;
  /** Spaces before each line of a code block, as before its fences. */
  readonly indent: number;
}

export interface LessonCell {
  readonly kind: 'prose' | ShellBlock;
  /** Lines end with LF. */
  readonly text: string;
  /** Absent for a cell that was added in the editor. */
  readonly source?: CellSource;
}

export interface Lesson {
  /** Bytes before the first cell (latin1): byte order mark, front matter, blank lines. */
  readonly head: string;
  /** The first line ending of the file, for what is new. */
  readonly eol: string;
  readonly cells: readonly LessonCell[];
}

/** What a cell shows of its source. */
export function textOf({ body, indent }: Pick<CellSource, 'body' | 'indent'>): string {
  const text = normalize(Buffer.from(body, 'latin1').toString('utf8'));
  if (indent === 0) return text;
  return text
    .split('\n')
    .map((line) => line.slice(Math.min(indent, line.search(/[^ ]|$/))))
    .join('\n');
}

/** As VS Code's text model has it: one kind of line ending, and no byte order mark. */
export function normalize(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}

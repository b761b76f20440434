/** Takes a Markdown file apart into cells. Called by the notebook's serializer, and by the tests of lessons. */
import { type Fence, findFences } from './findFences';
import { type CellSource, type Lesson, type LessonCell, textOf } from './Lesson';
import { isBlank, linesOf } from './linesOf';
import { shellBlockOf } from './shellBlock';

/**
 * Shell blocks are cells, and what stands between them is prose. Every byte belongs to the head or to one
 * cell's source. Blocks in a block quote, behind a list marker, indented with tabs or without a closing
 * fence stay prose: they could not be written back.
 */
export function parseLesson(bytes: Uint8Array): Lesson {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const start = skipBlank(text, frontMatterEnd(text));
  const cells: LessonCell[] = [];
  const add = (kind: LessonCell['kind'], source: Omit<CellSource, 'index'>) =>
    cells.push({ kind, text: textOf(source), source: { index: cells.length, ...source } });
  const addProse = (from: number, to: number) => {
    const end = proseEnd(text, from, to);
    if (end === from) return;
    const body = text.slice(from, end);
    add('prose', { before: '', body, after: text.slice(end, to), indent: 0 });
  };
  let at = start;
  for (const fence of findFences(text, start)) {
    const block = blockOf(text, fence);
    if (!block) continue;
    addProse(at, fence.start);
    at = skipBlank(text, fence.end);
    const { kind, bodyEnd, indent } = block;
    add(kind, {
      before: text.slice(fence.start, fence.bodyStart),
      body: text.slice(fence.bodyStart, bodyEnd),
      after: text.slice(bodyEnd, at),
      indent,
    });
  }
  addProse(at, text.length);
  const [eol] = /\r\n?|\n/.exec(text) ?? ['\n'];
  return { head: text.slice(0, start), eol, cells };
}

/** UTF-8's byte order mark, one character per byte. */
const byteOrderMark = '\xef\xbb\xbf';

/**
 * Where YAML front matter ends: it begins with a line `---`, and ends with the next such line or `...`. It
 * is no part of CommonMark; GitHub, Jekyll, Hugo and VS Code's preview know it. The byte order mark counts.
 */
function frontMatterEnd(text: string): number {
  const from = text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
  let isFirst = true;
  for (const line of linesOf(text, from)) {
    const content = text.slice(line.start, line.end).trimEnd();
    if (isFirst && content !== '---') return from;
    if (!isFirst && (content === '---' || content === '...')) return line.next;
    isFirst = false;
  }
  return from;
}

function skipBlank(text: string, from: number): number {
  for (const line of linesOf(text, from)) if (!isBlank(text, line)) return line.start;
  return text.length;
}

/** After the last line with text, without its line ending; `from` where there is none. */
function proseEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && ' \t\r\n'.includes(text[end - 1]!)) end--;
  if (end === from) return from;
  // Two spaces at the end of a line are a line break, and belong to the text.
  while (end < to && (text[end] === ' ' || text[end] === '\t')) end++;
  return end;
}

/** @returns undefined where it is for no shell, or could not be written back */
function blockOf(text: string, { prefix, info, bodyStart, bodyEnd }: Fence) {
  const indent = prefix.length;
  if (prefix.trim() !== '' || prefix.includes('\t')) return undefined;
  let end = bodyStart;
  for (const line of linesOf(text, bodyStart, bodyEnd)) {
    if (!isBlank(text, line) && !text.startsWith(prefix, line.start)) return undefined;
    end = line.end;
  }
  const body = text.slice(bodyStart, end);
  const kind = shellBlockOf(Buffer.from(info, 'latin1').toString('utf8'), textOf({ body, indent }));
  return kind && { kind, bodyEnd: end, indent };
}

/** Writes cells back to Markdown. Called by the notebook's serializer. */
import { type CellSource, type Lesson, type LessonCell, normalize, textOf } from './Lesson';

/**
 * A cell that was not edited is written as it stood in the file, so a lesson without an edit is the same
 * byte for byte. Of one that was edited the fences and blank lines stay. Cells that were no neighbours in
 * the file get a blank line between them.
 */
export function writeLesson({ head, eol, cells }: Lesson): Buffer {
  const parts = [head];
  let previous: CellSource | undefined;
  for (const [at, cell] of cells.entries()) {
    const wereNeighbours = previous && cell.source?.index === previous.index + 1;
    if (at > 0 && !wereNeighbours) parts.push(blankLineAfter(parts.at(-1)!, eol));
    parts.push(markdownOf(cell, eol));
    previous = cell.source;
  }
  return Buffer.from(parts.join(''), 'latin1');
}

/** What is missing between `text` and a new block. */
function blankLineAfter(text: string, eol: string): string {
  if (/(?:\r\n|\r(?!\n)|\n)[ \t]*(?:\r\n|\r|\n)$/.test(text)) return '';
  return /[\r\n]$/.test(text) ? eol : eol + eol;
}

function markdownOf({ kind, text, source }: LessonCell, eol: string): string {
  const wanted = normalize(text);
  if (source && textOf(source) === wanted) return source.before + source.body + source.after;
  const indent = ' '.repeat(source?.indent ?? 0);
  const lines = wanted.split('\n').map((line) => (line === '' ? line : indent + line));
  const body = Buffer.from(lines.join(eol)).toString('latin1');
  if (kind === 'prose') return `${source?.before ?? ''}${body}${source?.after ?? eol}`;
  const info = kind === 'session' ? 'console' : 'sh';
  const { before, after } = source ?? {
    before: `\`\`\`${info}${eol}`,
    after: `${eol}\`\`\`${eol}`,
  };
  const separator = /^[\r\n]/.test(after) ? '' : eol; // the block was empty
  return longEnough(before, body, separator + after);
}

/** A longer fence, where a line of the new text would close the block. */
function longEnough(before: string, body: string, after: string): string {
  const [, indent = '', mark = '```'] = /^( *)(`{3,}|~{3,})/.exec(before) ?? [];
  const runs = mark.startsWith('`') ? /^ *(`{3,})/gm : /^ *(~{3,})/gm;
  const longest = Math.max(0, ...[...body.matchAll(runs)].map(([, run]) => run!.length));
  if (longest < mark.length) return before + body + after;
  const longer = mark[0]!.repeat(longest + 1);
  const closing = mark.startsWith('`') ? /^(\s*)`+/ : /^(\s*)~+/;
  return (
    before.replace(indent + mark, indent + longer) + body + after.replace(closing, `$1${longer}`)
  );
}

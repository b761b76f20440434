/**
 * Finds fenced code blocks in Markdown, in one pass over its lines: CommonMark 0.31.2, section 4.5, inside
 * list items too (section 5.2). Block quotes are not looked into. Called by `parseLesson`.
 */
import { type HtmlEnd, htmlEndAt } from './htmlBlock';
import { type Line, isBlank, linesOf } from './linesOf';
import { type Place, listItemAt, skipSpace } from './listMarker';

/** Positions in the text. */
export interface Fence {
  /** Of its opening line. */
  readonly start: number;
  readonly bodyStart: number;
  /** Of its closing line. */
  readonly bodyEnd: number;
  /** After the closing line and its line ending. */
  readonly end: number;
  /** The opening fence: three or more of one character. */
  readonly mark: string;
  /** What stands before the fence on its opening line. */
  readonly prefix: string;
  readonly info: string;
}

type OpenFence = Omit<Fence, 'bodyEnd' | 'end'>;

const opening = /(`{3,})([^`\r\n]*)|(~{3,})([^\r\n]*)/y;
/** An indentation of so many columns makes a line indented code. */
const codeIndent = 4;
/** List items in each other: more are read as text, so that a line of markers takes linear time. */
const maxDepth = 100;

/** A block that reads its lines as they are, and the column of the list item that it is in. */
type Verbatim = { readonly column: number } & (
  { readonly fence: OpenFence } | { readonly html: HtmlEnd }
);

/** Fences that have a closing line, in their order. @param text one character is as good as one byte */
export function findFences(text: string, from = 0): Fence[] {
  const scanner = new BlockScanner(text);
  for (const line of linesOf(text, from)) scanner.read(line);
  return scanner.found;
}

class BlockScanner {
  readonly found: Fence[] = [];
  /** Of the list items that are open: where their text begins. */
  readonly #items: number[] = [];
  #inside: Verbatim | undefined;

  constructor(private readonly text: string) {}

  read(line: Line): void {
    const blank = isBlank(this.text, line);
    const first = skipSpace(this.text, { at: line.start, column: 0 }, line.end);
    // A line that is indented less ends the list item, and with it what was open there.
    if (this.#inside && !blank && first.column < this.#inside.column) this.#inside = undefined;
    if (this.#inside) this.#goOn(this.#inside, line, first, blank);
    else if (!blank) this.#begin(line, this.#enterItems(line, first));
  }

  get #column(): number {
    return this.#items.at(-1) ?? 0;
  }

  /** @returns where the text of the innermost item begins */
  #enterItems({ end }: Line, first: Place): Place {
    while (this.#column > first.column) this.#items.pop();
    let place = first;
    while (this.#items.length < maxDepth && place.column - this.#column < codeIndent) {
      const item = listItemAt(this.text, place, end);
      if (!item) break;
      this.#items.push(item.column);
      place = item.text;
    }
    return place;
  }

  #begin(line: Line, place: Place): void {
    if (place.column - this.#column >= codeIndent) return;
    const column = this.#column;
    opening.lastIndex = place.at;
    const match = opening.exec(this.text);
    if (match) {
      const [, backticks, info = '', tildes, tildeInfo = ''] = match;
      const fence = {
        ...{ start: line.start, bodyStart: line.next, mark: (backticks ?? tildes)! },
        ...{ prefix: this.text.slice(line.start, place.at), info: (info || tildeInfo).trim() },
      };
      if (opening.lastIndex === line.end) this.#inside = { column, fence };
      return;
    }
    const content = this.text.slice(place.at, line.end);
    const html = htmlEndAt(content, 0);
    if (html && (html === 'blank line' || !html.test(content))) this.#inside = { column, html };
  }

  #goOn(inside: Verbatim, line: Line, first: Place, blank: boolean): void {
    if ('html' in inside) {
      const { html } = inside;
      const ends = html === 'blank line' ? blank : html.test(this.text.slice(line.start, line.end));
      if (ends) this.#inside = undefined;
      return;
    }
    const { column, fence } = inside;
    if (first.column - column >= codeIndent || !this.#closes(fence.mark, line, first)) return;
    this.found.push({ ...fence, bodyEnd: line.start, end: line.next });
    this.#inside = undefined;
  }

  /** At least as long as the opening fence, and nothing behind it. */
  #closes(mark: string, line: Line, { at }: Place): boolean {
    if (!this.text.startsWith(mark, at)) return false;
    let end = at + mark.length;
    while (this.text[end] === mark[0]) end++;
    return isBlank(this.text, { ...line, start: end });
  }
}

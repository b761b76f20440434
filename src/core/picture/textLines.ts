/** Pieces of text of different looks, in lines of a width. Pure; lengths are in CSS pixels. Used by blocks.ts. */

/** What a piece of text is; the theme has a colour for each. */
export type Role = 'text' | 'muted' | 'namespace' | 'root' | 'shared' | 'leak';
export type Font = 'normal' | 'bold' | 'small';

export interface Span {
  readonly text: string;
  readonly role: Role;
  readonly font: Font;
}

/** Width of a text. */
export type Measure = (text: string, font: Font) => number;

const separator: Span = { text: ' · ', role: 'muted', font: 'small' };

/** A row of pieces that may break between two of them. */
export type Pieces = readonly Span[];

export function widthOf(spans: readonly Span[], measure: Measure): number {
  return spans.reduce((sum, { text, font }) => sum + measure(text, font), 0);
}

/** Breaks between pieces, and shortens a piece that is wider than all. */
export function wrap(pieces: Pieces, width: number, measure: Measure): Span[][] {
  const lines: Span[][] = [];
  let used = 0;
  for (const piece of pieces) {
    const own = fit([piece], width, measure);
    const size = widthOf(own, measure);
    const gapWidth = measure(separator.text, separator.font);
    const line = lines.at(-1);
    if (line && used + gapWidth + size <= width) {
      line.push(separator, ...own);
      used += gapWidth + size;
    } else {
      lines.push([...own]);
      used = size;
    }
  }
  return lines;
}

/** Shortens the first span until all fit, then the others from the end. */
export function fit(spans: readonly Span[], width: number, measure: Measure): Span[] {
  let over = widthOf(spans, measure) - width;
  if (over <= 0) return [...spans];
  const order = [
    0,
    ...spans
      .map((_, at) => at)
      .slice(1)
      .reverse(),
  ];
  const kept: (Span | undefined)[] = [...spans];
  for (const at of order) {
    const span = spans[at]!;
    const before = measure(span.text, span.font);
    const text = shorten(span, Math.max(0, before - over), measure);
    kept[at] = text === '' ? undefined : { ...span, text };
    over -= before - (text === '' ? 0 : measure(text, span.font));
    if (over <= 0) break;
  }
  return kept.filter((span) => span !== undefined);
}

function shorten({ text, font }: Span, width: number, measure: Measure): string {
  const letters = [...text];
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${letters.slice(0, middle).join('')}…`, font) <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : `${letters.slice(0, low).join('').trimEnd()}…`;
}

/**
 * HTML blocks (CommonMark 0.31.2, section 4.6): no fence begins inside one, so a block that is commented
 * out is no cell. Called by the scanner of blocks.
 */

/** What ends the block: a line that contains this, or a blank line. */
export type HtmlEnd = RegExp | 'blank line';

/** The start conditions 1 to 5, each with its end condition. Sticky: tried at one position. */
const kinds: readonly (readonly [start: RegExp, end: RegExp])[] = [
  [/<(?:pre|script|style|textarea)(?=[\s>]|$)/iy, /<\/(?:pre|script|style|textarea)>/i],
  [/<!--/y, /-->/],
  [/<\?/y, /\?>/],
  [/<![a-z]/iy, />/],
  [/<!\[CDATA\[/y, /\]\]>/],
];

/** Start condition 6: the elements that make a block; it ends at a blank line. */
const blockElements =
  /<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?=[\s>]|\/>|$)/iy;

/**
 * Condition 7, a line that is one tag of another name, is left out: it cannot interrupt a paragraph, and
 * paragraphs are not followed here.
 * @param line without its line ending
 * @param at where its first character that is no space stands
 */
export function htmlEndAt(line: string, at: number): HtmlEnd | undefined {
  if (line[at] !== '<') return undefined;
  const matches = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.test(line);
  };
  const [, end] = kinds.find(([start]) => matches(start)) ?? [];
  return end ?? (matches(blockElements) ? 'blank line' : undefined);
}

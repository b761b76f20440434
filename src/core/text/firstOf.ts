/** Lists that a stranger chose the length of: only so much of them is for people to read. */

/** @returns the first `most` of them, and how many more there are as one more */
export function firstOf(
  texts: readonly string[],
  most: number,
  rest = (more: number) => `There are ${more} more like these.`,
): string[] {
  const more = texts.length - most;
  return more > 0 ? [...texts.slice(0, most), rest(more)] : [...texts];
}

/** Lines of text as a table. Used for the document about a process. */

/** Each column is as wide as its widest cell, and 32 characters at most. */
export function textTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, at) => (widths[at] = Math.min(32, Math.max(widths[at] ?? 0, cell.length))));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

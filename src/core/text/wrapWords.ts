/** Breaks a line of ours between words, as no terminal does. For the console and what ends it. */

/**
 * @param columns of the terminal; a word that is longer is left to it
 * @param first what stands before the text on its line
 */
export function wrapWords(text: string, columns: number, first = ''): string {
  let line = first;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = line === '' || line === first ? line + word : `${line} ${word}`;
    if (longer.length > columns && line !== '' && line !== first) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].join('\r\n');
}

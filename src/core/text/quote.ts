/** A word of a shell's command line. Used wherever a command is shown or written into a script. */

/** One word for a POSIX shell (XCU 2.2.2): single quotes keep every byte but the quote itself. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

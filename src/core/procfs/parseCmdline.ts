/** Parses `/proc/PID/cmdline`. Called by the helper's process reader for new and renamed processes. */

/** Longest command line that travels to the tree, in UTF-16 code units (protocol/processes.ts). */
export const maxCommandLine = 4096;

/**
 * The arguments, raw. Each ends with a NUL; a program that overwrote its arguments (a "process
 * title") may leave none. Empty for zombies and kernel threads.
 */
export function parseCmdline(content: Buffer): string[] {
  if (content.length === 0) return [];
  const end = content.at(-1) === 0 ? content.length - 1 : content.length;
  return content.toString('utf8', 0, end).split('\0');
}

/** The arguments as one line, still raw, cut at `maxCommandLine` and never inside a character. */
export function commandLineOf(argv: readonly string[]): string {
  const line = argv.join(' ').trimEnd();
  if (line.length <= maxCommandLine) return line;
  const cut = line.slice(0, maxCommandLine);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** Which code blocks are for a shell, and what is typed of them. Called by `parseLesson` and by what runs a cell. */

const scripts = new Set(['sh', 'bash', 'shell', 'shellscript']);
const sessions = new Set(['console', 'shell-session', 'shellsession', 'sh-session']);

/** `script`: all of it is commands; `session`: commands stand behind a prompt, and the rest is output. */
export type ShellBlock = 'script' | 'session';

/** `$ `, `/ # `, `user@host:~$ `. A lone `#` is a prompt only where the block says that it is a session. */
const prompt = /^(?:\$|\/\S* [#$]|[\w.-]+@[\w.-]+(?::\S*)? ?[#$])(?: |$)/;
const rootPrompt = /^#(?: |$)/;

/**
 * @param info the block's info string: its first word counts, as in `bash`, `{.sh}` or `sh title="…"`
 * @param text of the block: without an info string it is a session where its first line has a prompt
 * @returns undefined where it is for no shell
 */
export function shellBlockOf(info: string, text: string): ShellBlock | undefined {
  const [, word = ''] = /^\{?\.?([\w-]*)/.exec(info) ?? [];
  if (scripts.has(word.toLowerCase())) return 'script';
  if (sessions.has(word.toLowerCase())) return 'session';
  return info === '' && prompt.test(text) ? 'session' : undefined;
}

/**
 * Whether a cell is expected to fail: the second word of its fence says so (```` ```sh fails ````). A lesson
 * goes on behind such a cell.
 * @param before what stands before the block, with its opening fence; absent for a cell that is in no file
 */
export function mayFail(before: string | undefined): boolean {
  return /^ *(?:`{3,}(?!`)|~{3,}(?!~))[ \t]*\S+[ \t]+fails[ \t\r]*$/m.test(before ?? '');
}

/**
 * The lines that somebody would type, in their order.
 * Of a session's block these are the lines behind a prompt, with what continues them (`\` at the end,
 * `>` at the beginning), and all lines where none has a prompt.
 */
export function typedLines(text: string, block: ShellBlock): string[] {
  const lines = text.split('\n');
  if (block === 'script') return trimBlank(lines);
  const typed: string[] = [];
  let goesOn = false;
  for (const line of lines) {
    const found = prompt.exec(line) ?? rootPrompt.exec(line);
    const isContinuation: boolean = goesOn && !found;
    const command = found ? line.slice(found[0].length) : line.replace(/^> /, '');
    if (found || isContinuation || (typed.length > 0 && line.startsWith('> '))) typed.push(command);
    goesOn = (found !== null || isContinuation) && line.endsWith('\\');
  }
  return typed.length > 0 ? typed : trimBlank(lines);
}

/** @param text of a session's block */
export function hasPrompts(text: string): boolean {
  return text.split('\n').some((line) => prompt.test(line) || rootPrompt.test(line));
}

/**
 * The same text with blanks for all that nobody types, each character in its place: prompts and output. Where
 * no line has a prompt, all is typed.
 */
export function withoutPrompts(text: string): string {
  const lines = text.split('\n');
  if (!lines.some((line) => prompt.test(line))) return text;
  let goesOn = false;
  return lines
    .map((line) => {
      const [found = ''] = prompt.exec(line) ?? rootPrompt.exec(line) ?? [];
      const isTyped = found !== '' || goesOn;
      goesOn = isTyped && line.endsWith('\\');
      return isTyped
        ? ' '.repeat(found.length) + line.slice(found.length)
        : ' '.repeat(line.length);
    })
    .join('\n');
}

function trimBlank(lines: readonly string[]): string[] {
  const isText = (line: string) => line.trim() !== '';
  return lines.slice(Math.max(0, lines.findIndex(isText)), lines.findLastIndex(isText) + 1);
}

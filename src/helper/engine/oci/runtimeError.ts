/** Why a start under a runtime failed, from what the runtime printed. Used by RuntimeErrors.ts. */

/** runc logs as logrus does, a line for each event, with what it says quoted as Go does. */
const loggedError = /^time="[^"]*" level=(?:error|fatal) msg="((?:[^"\\]|\\.)*)"/gm;

/**
 * The last error is the one that ended it; before it runc tells of all that it tidied up in vain.
 * @returns the rest too: the lines that the words are not from
 */
export function runtimeError(printed: string): { readonly words: string; readonly rest: string } {
  const logged = [...printed.matchAll(loggedError)].at(-1);
  if (logged) {
    const after = printed.slice(logged.index + logged[0].length);
    const rest = printed.slice(0, logged.index) + after.replace(/^\n/, '');
    return { words: unquoted(logged[1]!), rest };
  }
  const lines = printed.trim().split('\n');
  const words = lines.pop()!.trim();
  return { words, rest: lines.map((line) => `${line}\n`).join('') };
}

function unquoted(logged: string): string {
  return logged.replace(/\\([nt"\\])/g, (_, letter: string) =>
    /[nt]/.test(letter) ? ' ' : letter,
  );
}

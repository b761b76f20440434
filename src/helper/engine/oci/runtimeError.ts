/** Why a start under a runtime failed, from what the runtime printed. Used by RuntimeErrors.ts. */

/** runc logs with logrus: one line an event, `msg` quoted as a Go string. */
const loggedError = /^time="[^"]*" level=(?:error|fatal) msg="((?:[^"\\]|\\.)*)"/gm;

/**
 * runc logs failed cleanups first; the last error line is the cause.
 * @returns the message, and as `rest` all other lines
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

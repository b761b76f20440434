/** Why a start under a runtime failed, from what the runtime printed. Used by launchRuntime.ts. */

/** runc logs as logrus does, a line for each event, with what it says quoted as Go does. */
const loggedError = /^time="[^"]*" level=(?:error|fatal) msg="((?:[^"\\]|\\.)*)"/gm;

/** The last error is the one that ended it; before it runc tells of all that it tidied up in vain. */
export function runtimeWords(printed: string): string {
  const logged = [...printed.matchAll(loggedError)].at(-1)?.[1];
  if (logged === undefined) return printed.trim().split('\n').at(-1)!.trim();
  return logged.replace(/\\([nt"\\])/g, (_, letter: string) =>
    /[nt]/.test(letter) ? ' ' : letter,
  );
}

/**
 * The line that makes a shell print marks around its commands. It is typed into each shell of a lesson, also
 * into one that sudo, unshare or chroot started: no file and no variable would get there.
 */
import { markCode, plainMark } from './MarkParser';

/** Shells that are known to take the line, by their `comm`. BusyBox's is that of the applet or `busybox`. */
const shells = new Set(['bash', 'sh', 'dash', 'ash', 'busybox']);

export interface ShellSetup {
  readonly nonce: string;
  /** The shell's number in the marks. */
  readonly shell: number;
}

export function isShell(name: string): boolean {
  return shells.has(name);
}

/**
 * bash(1): PROMPT_COMMAND is executed before each prompt, PS0 is printed before a command's output. Other
 * shells expand `$?` in PS1 (POSIX, XCU 2.5.3), and do not say where the output begins. A leading space
 * keeps the line out of bash's history (`ignorespace`); `!` is a character as in a script.
 *
 * Nothing in it forks: after `unshare --pid` a shell may do that once, and that is for its person. So dash, which
 * has no `$'…'`, gets marks without ESC.
 */
export function shellSetup(name: string, { nonce, shell }: ShellSetup): string {
  const mark = (letter: string) => `]${markCode};${nonce};${shell};${letter}`;
  if (name === 'bash')
    return [
      ' set +H',
      `PROMPT_COMMAND='printf "\\033${mark('D')};%s\\007" "$?"'`,
      `PS0=$'\\e${mark('C')}\\a'`,
      `PS1='\\u@\\h:\\w\\$ \\[\\e${mark('A')}\\a\\]'`,
      `PS2='> \\[\\e${mark('P')}\\a\\]'`,
    ].join(';');
  return [
    ` e=$'\\033';a=$'\\007'`,
    `case $e in \\$*)e='${plainMark}';a=$e;;esac`,
    `PS1="$e${mark('D')};\\$?$a# $e${mark('A')}$a"`,
    `PS2="> $e${mark('P')}$a"`,
    'unset e a',
  ].join(';');
}

/**
 * One line as keys. A Tab would complete a name: bash takes it as text behind Ctrl+V (lnext), in other
 * shells spaces stand for it.
 */
export function typedKeys(name: string, line: string): string {
  const keys = line.replace(/\t/g, name === 'bash' ? '\x16\t' : '    ');
  // eslint-disable-next-line no-control-regex -- other control characters are no text of a command
  return `${keys.replace(/[\x00-\x08\x0a-\x15\x17-\x1f\x7f]/g, '')}\r`;
}

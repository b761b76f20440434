/**
 * The one authorization: sudo in an integrated terminal. The password goes from the terminal to sudo; the
 * extension never has it. Called by `launchHelper`.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import { requireSudo, sudoFailure } from '../model/sudoChecks';

export interface AuthorizeOptions {
  /** A folder of the user, mode 0700, for the file with sudo's exit status. */
  readonly directory: string;
  /** The Node executable that runs the helper. */
  readonly program: string;
  readonly argv: readonly string[];
}

/**
 * A constant; all values are positional parameters. The script outlives sudo, because VS Code closes a
 * terminal whose program fails, and sudo's messages must stay readable. Ctrl+C ends sudo and not the script.
 */
const script = `
trap : INT QUIT
note=$1 closing=$2
shift 2
"$@"
status=$?
[ "$status" -eq 0 ] && exit 0
printf '%s' "$status" >"$note"
printf '\\n%s' "$closing"
read -r _
exit 0
`;

/** How often the file with the exit status is looked for, in milliseconds. */
const pollMs = 150;

/** Resolves when the helper serves as root. @throws TerrariumError those of `requireSudo` and `sudoFailure` */
export async function authorize({ directory, program, argv }: AuthorizeOptions): Promise<void> {
  const sudo = await requireSudo();
  const note = path.join(directory, `sudo-${randomBytes(8).toString('hex')}`);
  // sudo resets the environment, and Electron runs as Node only with this variable.
  const node = process.versions.electron ? ['env', 'ELECTRON_RUN_AS_NODE=1', program] : [program];
  const terminal = vscode.window.createTerminal({
    name: 'Terrarium: sudo',
    shellPath: '/bin/sh',
    shellArgs: [
      ...['-c', script, 'sh', note, vscode.l10n.t('Press Enter to close this terminal.')],
      ...[sudo, '--', ...node, ...argv],
    ],
    cwd: '/',
    iconPath: new vscode.ThemeIcon('shield'),
    isTransient: true,
    // Two lines: a terminal breaks a long line inside a word.
    message: [
      vscode.l10n.t('Terrarium starts its helper as root. sudo asks for your password here, once.'),
      vscode.l10n.t('Later starts, shells and stops ask for nothing.'),
    ].join('\r\n'),
  });
  terminal.show();
  try {
    const code = await ending(terminal, note);
    if (code !== 0) throw sudoFailure(code);
  } finally {
    await rm(note, { force: true });
  }
}

/** Exit code of sudo; undefined where the terminal was closed before sudo ended. */
async function ending(terminal: vscode.Terminal, note: string): Promise<number | undefined> {
  let closed: { code: number | undefined } | undefined;
  const listener = vscode.window.onDidCloseTerminal((other) => {
    if (other !== terminal) return;
    // Only an exit of the script counts: a terminal that the user closes can have an exit code too.
    const ended = other.exitStatus?.reason === vscode.TerminalExitReason.Process;
    closed = { code: ended ? other.exitStatus?.code : undefined };
  });
  try {
    for (;;) {
      const code = await readNote(note);
      if (code !== undefined) return code;
      if (closed) return closed.code;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  } finally {
    listener.dispose();
  }
}

async function readNote(note: string): Promise<number | undefined> {
  try {
    const text = await readFile(note, 'utf8');
    return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

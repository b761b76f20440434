/**
 * The one authorization: sudo in an integrated terminal. The password goes from the keyboard to sudo;
 * it never passes through a box or a variable of ours. Called by `launchHelper`.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import { requireSudo, sudoFailure } from '../model/sudoChecks';

export interface AuthorizeOptions {
  /** 0700 folder of the user, for the note on how sudo ended. */
  readonly directory: string;
  /** The Node that runs the helper, and its arguments. */
  readonly program: string;
  readonly argv: readonly string[];
}

/**
 * Fixed text; everything else arrives as parameters. It outlives sudo, so that sudo's own words stay
 * readable (a terminal whose program fails is closed by VS Code), and Ctrl+C ends sudo, not this.
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

/** How often the note is looked for, in milliseconds. */
const pollMs = 150;

/** Resolves when the helper serves as root. @throws TerrariumError those of `requireSudo` and `sudoFailure` */
export async function authorize({ directory, program, argv }: AuthorizeOptions): Promise<void> {
  const sudo = await requireSudo();
  const note = path.join(directory, `sudo-${randomBytes(8).toString('hex')}`);
  // sudo strips the environment, and Electron is Node only with this variable.
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
    // A terminal breaks a long line anywhere.
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

/** Exit code of sudo; undefined where the terminal was closed over it. */
async function ending(terminal: vscode.Terminal, note: string): Promise<number | undefined> {
  let closed: { code: number | undefined } | undefined;
  const listener = vscode.window.onDidCloseTerminal((other) => {
    if (other !== terminal) return;
    // Only the script's own end counts: a terminal closed by hand can carry a code as well.
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

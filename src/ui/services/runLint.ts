/**
 * Runs `helper.js lint`: a process of its own, with the rights of the extension host, because a file system that does
 * not answer holds whoever reads it. Called by RootfsChecks.ts.
 */
import type * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { FolderKind } from '../../protocol/container';
import type { RootfsCheck } from '../../protocol/rootfsCheck';

export interface LintedPlace {
  /** Absolute path of the bundle or of the plain folder. */
  readonly bundle: string;
  readonly kind: FolderKind;
  /** Path inside the rootfs; `/` for all of it. */
  readonly path: string;
}

/** 10,000 lines of some hundred bytes have less. */
const maxBytes = 64 * 1024 * 1024;

/** @throws TerrariumError `check-failed`; the signal's reason where it was aborted */
export async function runLint(
  context: vscode.ExtensionContext,
  { bundle, kind, path }: LintedPlace,
  signal: AbortSignal,
): Promise<RootfsCheck> {
  const { execa, RootfsCheck } = await import('../../core/lazy');
  signal.throwIfAborted();
  const program = context.asAbsolutePath('dist/helper.js');
  const { exitCode, stdout, stderr, shortMessage } = await execa(
    process.execPath,
    [program, 'lint', `--${kind}`, bundle, path],
    {
      ...{ cwd: '/', env: { ELECTRON_RUN_AS_NODE: '1' }, stdin: 'ignore', reject: false },
      ...{ cancelSignal: signal, maxBuffer: maxBytes },
    },
  );
  signal.throwIfAborted();
  if (exitCode === 0) return RootfsCheck.parse(JSON.parse(stdout));
  const reason = stderr.trim().replace(/^terrarium: /, '') || (shortMessage ?? '');
  throw new TerrariumError(
    'check-failed',
    `The rootfs was not checked: ${escapeControlCharacters(reason)}`,
    '“helper.js lint” on the command line does the same.',
  );
}

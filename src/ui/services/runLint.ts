/**
 * Runs `helper.js lint`: a process of its own, with the rights of the extension host, because a file system that does
 * not answer holds whoever reads it. Called by RootfsChecks.ts.
 */
import type * as vscode from 'vscode';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { FolderKind } from '../../protocol/container';
import type { RootfsCheck } from '../../protocol/rootfsCheck';
import { helperCommand } from './helperCommand';

export interface LintedPlace {
  /** Absolute path of the bundle or of the plain folder. */
  readonly bundle: string;
  readonly kind: FolderKind;
  /** Path inside the rootfs; `/` for all of it. */
  readonly path: string;
}

/** @throws TerrariumError `check-failed`; the signal's reason where it was aborted */
export async function runLint(
  context: vscode.ExtensionContext,
  { bundle, kind, path }: LintedPlace,
  signal: AbortSignal,
): Promise<RootfsCheck> {
  const words = ['lint', `--${kind}`, bundle, path];
  const printed = await helperCommand(context, words, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new TerrariumError(
      'check-failed',
      `The rootfs was not checked: ${escapeControlCharacters(messageOf(error))}`,
      '“helper.js lint” on the command line does the same.',
      { cause: error },
    );
  });
  const { RootfsCheck } = await import('../../core/lazy');
  return RootfsCheck.parse(JSON.parse(printed));
}

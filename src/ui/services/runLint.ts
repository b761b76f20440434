/**
 * Runs `helper.js lint`: a process of its own, because a file system that does not answer holds whoever reads it. With
 * the rights of sudo where its helper is there, else with those of the extension host. Called by RootfsChecks.ts.
 */
import type * as vscode from 'vscode';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { FolderKind } from '../../protocol/container';
import type { RootfsCheck } from '../../protocol/rootfsCheck';
import type { Helpers } from './Helpers';
import { allowedWords } from './rootfsBelow';
import { helperCommand } from './helperCommand';

export interface LintedPlace {
  /** Absolute path of the bundle or of the plain folder. */
  readonly bundle: string;
  readonly kind: FolderKind;
}

/** What a check is run by. */
export interface LintRunner {
  readonly context: vscode.ExtensionContext;
  readonly helpers: Pick<Helpers, 'get'>;
}

/**
 * @param paths inside the rootfs; `/` for all of it
 * @throws TerrariumError `check-failed`; the signal's reason where it was aborted
 */
export async function runLint(
  { context, helpers }: LintRunner,
  { bundle, kind }: LintedPlace,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<RootfsCheck> {
  const link = process.geteuid?.() === 0 ? undefined : helpers.get('root');
  if (link) {
    const asked = link.request('checkRootfs', { bundle, kind, paths: [...paths] }, signal);
    return asked.catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }
  const words = ['lint', ...allowedWords(), `--${kind}`, bundle, ...paths];
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

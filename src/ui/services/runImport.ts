/**
 * Has an import made: with the editor's own rights by a process of its own, or by the helper as root. Called by
 * importContainer.ts.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';
import { isContainer } from '../../core/image/containerSource';
import { importWords } from '../../core/image/importWords';
import type { ImportProgress, ImportReport, ImportWish } from '../../protocol/imports';
import { allowedWords } from './rootfsBelow';
import type { HelperLink } from './HelperLink';

export interface ImportRun {
  readonly wish: ImportWish;
  /** Ends the import; it removes what it has made. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** @throws TerrariumError those of the helper, `import-failed`; the signal's reason where it was aborted */
export async function runImport(
  context: vscode.ExtensionContext,
  { wish, signal, onProgress }: ImportRun,
): Promise<ImportReport> {
  const { followImport } = await import('../../core/lazy');
  signal.throwIfAborted();
  const below = isContainer(wish.source) ? allowedWords() : [];
  const words = [context.asAbsolutePath('dist/helper.js'), ...importWords(wish, ...below)];
  const child = spawn(process.execPath, words, {
    ...{ cwd: '/', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return followImport(child, { source: wish.source, signal, onProgress });
}

/** The same by a helper. */
export async function requestImport(
  link: HelperLink,
  { wish, signal, onProgress }: ImportRun,
): Promise<ImportReport> {
  const id = randomBytes(8).toString('hex');
  const end = link.onNotification('importProgress', (progress) => {
    if (progress.id === id) onProgress(progress);
  });
  try {
    const report = await link.request('import', { id, ...wish }, signal);
    signal.throwIfAborted();
    return report;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    end();
  }
}

/**
 * Runs `helper.js export` or `layer save`: a process of its own, with the rights of the extension host and without sudo. Called by
 * exportContainer.ts.
 */
import { spawn } from 'node:child_process';
import type * as vscode from 'vscode';
import type { ExportReport } from '../../protocol/exports';
import { allowedWords } from '../services/rootfsBelow';
import type { ImportProgress } from '../../protocol/imports';

export interface ExportRun {
  readonly command: readonly ['export'] | readonly ['layer', 'save'];
  /** What follows it. */
  readonly words: readonly string[];
  /** For people. */
  readonly name: string;
  /** Ends the export; it removes what it has made. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** @throws TerrariumError those of the helper, `export-failed`; the signal's reason where it was aborted */
export async function runExport(
  context: vscode.ExtensionContext,
  { command, words, name, signal, onProgress }: ExportRun,
): Promise<ExportReport> {
  const { followExport } = await import('../../core/lazy');
  signal.throwIfAborted();
  const program = context.asAbsolutePath('dist/helper.js');
  const child = spawn(
    process.execPath,
    [program, ...command, '--progress', ...allowedWords(), ...words],
    {
      ...{ cwd: '/', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  return followExport(child, { source: name, signal, onProgress });
}

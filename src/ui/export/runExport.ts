/**
 * Runs `helper.js export`: a process of its own, with the rights of the extension host and without sudo. Called by
 * exportContainer.ts.
 */
import type * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ExportReport } from '../../protocol/exports';
import type { ImportProgress } from '../../protocol/imports';

export interface ExportRun {
  /** The words of `export` behind its own. */
  readonly words: readonly string[];
  /** For people. */
  readonly name: string;
  /** Ends the export; it removes what it has made. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** Of stderr, lines that are no message: its end. */
const maxLines = 10;

/** @throws TerrariumError those of the helper, `export-failed`; the signal's reason where it was aborted */
export async function runExport(
  context: vscode.ExtensionContext,
  { words, name, signal, onProgress }: ExportRun,
): Promise<ExportReport> {
  const { execa, ExportReport, ImportLine } = await import('../../core/lazy');
  signal.throwIfAborted();
  const program = context.asAbsolutePath('dist/helper.js');
  const child = execa(process.execPath, [program, 'export', '--progress', ...words], {
    ...{ cwd: '/', env: { ELECTRON_RUN_AS_NODE: '1' }, stdin: 'ignore', reject: false },
    ...{ buffer: { stdout: true, stderr: false }, forceKillAfterDelay: false },
  });
  // SIGTERM, and no SIGKILL after it: the helper takes its time to remove what it has made.
  const cancel = () => child.kill('SIGTERM');
  signal.addEventListener('abort', cancel);
  const said: string[] = [];
  let failure: TerrariumError | undefined;
  try {
    for await (const line of child.iterable({ from: 'stderr' })) {
      const message = line.startsWith('{') ? ImportLine.parse(JSON.parse(line)) : line;
      if (typeof message === 'string') said.push(message);
      else if ('error' in message) {
        const { code, problem, remedy } = message.error;
        failure = new TerrariumError(code, problem, remedy);
      } else onProgress(message);
    }
    const { exitCode, stdout, shortMessage } = await child;
    signal.throwIfAborted();
    if (exitCode === 0) return ExportReport.parse(JSON.parse(stdout));
    throw failure ?? unexpected(name, said.slice(-maxLines), shortMessage);
  } finally {
    cancel(); // of one that has ended this does nothing
    signal.removeEventListener('abort', cancel);
  }
}

function unexpected(name: string, said: readonly string[], status = ''): TerrariumError {
  const reason = said.join(' ').replace(/^terrarium: /, '') || status;
  return new TerrariumError(
    'export-failed',
    `${escapeControlCharacters(name)} was not exported: ${escapeControlCharacters(reason)}`,
    'See the log; “helper.js export” on the command line does the same.',
  );
}

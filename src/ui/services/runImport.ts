/**
 * Runs `helper.js import`: a process of its own, with the rights of the extension host and without sudo. Called by
 * importContainer.ts.
 */
import type * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ImportProgress, ImportReport } from '../../protocol/imports';

export interface ImportRun {
  /** Absolute paths. */
  readonly source: string;
  readonly bundle: string;
  /** In bytes; the helper's own limits where it is left out. */
  readonly maxSize: number | undefined;
  /** Ends the import; it removes what it has made. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** At most so many lines of stderr that are no message are kept: its end. */
const maxLines = 10;

/** @throws TerrariumError those of the helper, `import-failed`; the signal's reason where it was aborted */
export async function runImport(
  context: vscode.ExtensionContext,
  { source, bundle, maxSize, signal, onProgress }: ImportRun,
): Promise<ImportReport> {
  const { execa, ImportLine, ImportReport } = await import('../../core/lazy');
  signal.throwIfAborted();
  const program = context.asAbsolutePath('dist/helper.js');
  const limit = maxSize === undefined ? [] : ['--max-size', String(maxSize)];
  const words = [program, 'import', '--progress', ...limit, source, bundle];
  const child = execa(process.execPath, words, {
    ...{ cwd: '/', env: { ELECTRON_RUN_AS_NODE: '1' }, stdin: 'ignore', reject: false },
    ...{ buffer: { stdout: true, stderr: false }, forceKillAfterDelay: false },
  });
  // SIGTERM, and no SIGKILL after it: the helper takes its time to remove what it has made.
  const cancel = () => child.kill('SIGTERM');
  signal.addEventListener('abort', cancel);
  let failure: TerrariumError | undefined;
  const said: string[] = [];
  try {
    for await (const line of child.iterable({ from: 'stderr' })) {
      const message = line.startsWith('{') ? ImportLine.parse(JSON.parse(line)) : undefined;
      if (message === undefined) said.push(line);
      else if ('error' in message) failure = toError(message.error);
      else onProgress(message);
      if (said.length > maxLines) said.shift();
    }
    const { exitCode, stdout, shortMessage } = await child;
    signal.throwIfAborted();
    if (exitCode === 0) return ImportReport.parse(JSON.parse(stdout));
    throw failure ?? unexpected(source, said, shortMessage);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function toError({ code, problem, remedy }: Record<'code' | 'problem' | 'remedy', string>) {
  return new TerrariumError(code, problem, remedy);
}

function unexpected(source: string, said: readonly string[], status = ''): TerrariumError {
  const reason = said.join(' ').replace(/^terrarium: /, '') || status;
  return new TerrariumError(
    'import-failed',
    `${escapeControlCharacters(source)} was not imported: ${escapeControlCharacters(reason)}`,
    'See the log; “helper.js import” on the command line does the same.',
  );
}

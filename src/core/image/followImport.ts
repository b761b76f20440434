/** Reads what `helper.js import --progress` prints while it runs, to its end. Used by the extension and the helper. */
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { ImportLine, type ImportProgress, ImportReport } from '../../protocol/imports';

export type ImportProcess = ChildProcessByStdio<null, Readable, Readable>;

export interface Following {
  /** For people. */
  readonly source: string;
  /** Ends the import; it removes what it has made. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** At most so many lines of stderr that are no message are kept: its end. */
const maxLines = 10;
/** Of a report, in characters: it has counts, and some names. */
const maxReport = 1024 * 1024;

/** @throws TerrariumError those of the import, `import-failed`; the signal's reason where it was aborted */
export async function followImport(
  child: ImportProcess,
  { source, signal, onProgress }: Following,
): Promise<ImportReport> {
  // SIGTERM, and no SIGKILL after it: the import takes its time to remove what it has made.
  const cancel = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', cancel);
  let failure: unknown;
  const said: string[] = [];
  let report = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (report.length < maxReport) report += text;
  });
  const end = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, died) => resolve(code === 0 ? '' : (died ?? `exit code ${code}`)));
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    try {
      const message = line.startsWith('{') ? ImportLine.parse(JSON.parse(line)) : undefined;
      if (message === undefined) said.push(line);
      else if ('error' in message) failure = toError(message.error);
      else onProgress(message);
      if (said.length > maxLines) said.shift();
    } catch (error) {
      failure ??= unexpected(source, 'what it says of its progress cannot be understood', error);
      cancel();
    }
  });
  if (signal.aborted) cancel();
  try {
    const status = await end;
    signal.throwIfAborted();
    if (failure !== undefined) throw failure as Error;
    if (status === '') return ImportReport.parse(JSON.parse(report));
    throw unexpected(source, said.join(' ').replace(/^terrarium: /, '') || status);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function toError({ code, problem, remedy }: Record<'code' | 'problem' | 'remedy', string>) {
  return new TerrariumError(code, problem, remedy);
}

function unexpected(source: string, reason: string, cause?: unknown): TerrariumError {
  return new TerrariumError(
    'import-failed',
    `${escapeControlCharacters(source)} was not imported: ${escapeControlCharacters(reason)}`,
    'See the log; “helper.js import” on the command line does the same.',
    { cause },
  );
}

/**
 * Reads what `helper.js import` or `export` prints with `--progress` while it runs, to its end. Used by the extension and
 * the helper.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { ExportReport } from '../../protocol/exports';
import { ImportLine, type ImportProgress, ImportReport } from '../../protocol/imports';

export type FollowedProcess = ChildProcessByStdio<null, Readable, Readable>;

export interface Following {
  /** What is imported or exported, for people. */
  readonly source: string;
  /** Ends it; it removes what it has made. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** @throws TerrariumError those of the import, `import-failed`; the signal's reason where it was aborted */
export function followImport(child: FollowedProcess, following: Following): Promise<ImportReport> {
  return follow(child, following, (text) => ImportReport.parse(JSON.parse(text)), {
    ...{ code: 'import-failed', what: 'was not imported', command: 'helper.js import' },
  });
}

/** @throws TerrariumError those of the export, `export-failed`; the signal's reason where it was aborted */
export function followExport(child: FollowedProcess, following: Following): Promise<ExportReport> {
  return follow(child, following, (text) => ExportReport.parse(JSON.parse(text)), {
    ...{ code: 'export-failed', what: 'was not exported', command: 'helper.js export' },
  });
}

/** At most so many lines of stderr that are no message are kept: its end. */
const maxLines = 10;
/** Of a report, in characters: it has counts, and some names. */
const maxReport = 1024 * 1024;

/** How an end that it does not explain itself is told. */
interface Unexplained {
  readonly code: string;
  readonly what: string;
  readonly command: string;
}

async function follow<Report>(
  child: FollowedProcess,
  { source, signal, onProgress }: Following,
  parse: (text: string) => Report,
  unexplained: Unexplained,
): Promise<Report> {
  const unexpected = (reason: string, cause?: unknown) =>
    new TerrariumError(
      unexplained.code,
      `${escapeControlCharacters(source)} ${unexplained.what}: ${escapeControlCharacters(reason)}`,
      `See the log; “${unexplained.command}” on the command line does the same.`,
      { cause },
    );
  // SIGTERM, and no SIGKILL after it: it takes its time to remove what it has made.
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
      failure ??= unexpected('what it says of its progress cannot be understood', error);
      cancel();
    }
  });
  if (signal.aborted) cancel();
  try {
    const status = await end;
    signal.throwIfAborted();
    if (failure !== undefined) throw failure as Error;
    if (status === '') return parse(report);
    throw unexpected(said.join(' ').replace(/^terrarium: /, '') || status);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function toError({ code, problem, remedy }: Record<'code' | 'problem' | 'remedy', string>) {
  return new TerrariumError(code, problem, remedy);
}

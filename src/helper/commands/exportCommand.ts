/** `helper.js export BUNDLE TARGET`: an archive, an image or a manifest of a bundle. */
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ImportLine } from '../../protocol/imports';
import { exportBundle } from '../export/exportBundle';
import { personOf } from '../host/gatherFacts';
import type { Call } from './parseCall';

/** @returns what was made, as JSON */
export async function exportCommand(call: Extract<Call, { command: 'export' }>): Promise<string> {
  const { folder, kind, target, format, reference, force, progress, reproducible } = call;
  const abort = new AbortController();
  const stop = (signal: string) =>
    abort.abort(
      new TerrariumError(
        'export-cancelled',
        `The export was cancelled (${signal}).`,
        'Nothing was left behind.',
      ),
    );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // Who reads the progress has gone: so has who asked for the export.
  process.stderr.on('error', () => stop('EPIPE'));
  const tell = (line: ImportLine) => {
    if (progress) process.stderr.write(`${JSON.stringify(line)}\n`);
  };
  const report = await exportBundle({
    ...{ folder, kind, target, format, reference, replace: force },
    mtime: reproducible ? sourceDate(process.env.SOURCE_DATE_EPOCH) : undefined,
    ...{ person: personOf(process.env), signal: abort.signal, onProgress: tell },
  }).catch((error: unknown) => {
    if (error instanceof TerrariumError) {
      const { code, problem, remedy } = error;
      tell({ error: { code, problem, remedy } });
    }
    throw error;
  });
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** https://reproducible-builds.org/specs/source-date-epoch; the epoch itself where it is not set. */
function sourceDate(text = '0'): string {
  if (/^\d{1,11}$/.test(text)) return String(Number(text));
  throw new TerrariumError(
    'source-date-invalid',
    `SOURCE_DATE_EPOCH is “${escapeControlCharacters(text).slice(0, 100)}”, which is no time.`,
    'Set it to seconds since 1970, or unset it.',
  );
}

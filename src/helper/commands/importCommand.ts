/** `helper.js import SOURCE BUNDLE`: a bundle from an archive, an image or a folder. */
import { startingPoints } from '../../core/config/templates';
import { TerrariumError } from '../../core/errors';
import type { ImportLine } from '../../protocol/imports';
import { personOf } from '../host/gatherFacts';
import { importBundle } from '../image/importBundle';
import { usualLimits } from '../image/Meter';
import type { Call } from './parseCall';

/** @returns what was made, and what could not be kept, as JSON */
export async function importCommand(call: Extract<Call, { command: 'import' }>): Promise<string> {
  const { source, bundle, platform, startingPoint, maxSize, progress, callersRights } = call;
  const abort = new AbortController();
  const stop = (signal: string) =>
    abort.abort(
      new TerrariumError(
        'import-cancelled',
        `The import was cancelled (${signal}).`,
        'Nothing was left behind.',
      ),
    );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // Who reads the progress has gone: so has who asked for the bundle.
  process.stderr.on('error', () => stop('EPIPE'));
  const tell = (line: ImportLine) => {
    if (progress) process.stderr.write(`${JSON.stringify(line)}\n`);
  };
  const report = await importBundle({
    ...{ source, bundle, platform, person: personOf(process.env), signal: abort.signal },
    callersRights,
    startingPoint: startingPoints.find(({ id }) => id === startingPoint)!,
    limits: maxSize === undefined ? usualLimits : { bytes: maxSize, ratio: Infinity },
    onProgress: tell,
  }).catch((error: unknown) => {
    if (error instanceof TerrariumError) {
      const { code, problem, remedy } = error;
      tell({ error: { code, problem, remedy } });
    }
    throw error;
  });
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** `helper.js export BUNDLE TARGET`: an archive, an image or a manifest of a bundle. */
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { exportBundle } from '../export/exportBundle';
import { standardOutput } from '../../protocol/exportFormats';
import { personOf } from '../host/gatherFacts';
import type { Call } from './parseCall';
import { reportedTask } from './reportedTask';

/**
 * @param allowed where a rootfs may lie outside of its bundle
 * @returns what was made, as JSON; nothing where standard output has the archive, and standard error the report
 */
export async function exportCommand(
  call: Extract<Call, { command: 'export' }>,
  allowed?: AllowedFolders,
): Promise<string> {
  const { folder, kind, target, format, reference, force, progress, reproducible, layer } = call;
  const report = await reportedTask('export', progress, (reporting) =>
    exportBundle({
      ...{ folder, kind, allowed, target, format, reference, layer, replace: force },
      mtime: reproducible ? sourceDate(process.env.SOURCE_DATE_EPOCH) : undefined,
      ...{ person: personOf(process.env), ...reporting },
    }),
  );
  if (target !== standardOutput) return report;
  process.stderr.write(report);
  return '';
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

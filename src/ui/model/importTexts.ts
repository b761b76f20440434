/** What is told of an import: how far it is, what was not kept, and the page with its report. Pure. */
import path from 'node:path';
import { notKeptFile } from '../../core/image/notKept';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { formatBytes } from '../../core/tree/formatAmounts';
import type { ImportProgress, ImportReport } from '../../protocol/imports';
import type { SomeFiles } from '../../protocol/ownership';
import { escapeMarkdown } from './markdown';
import { listed, naming, table } from './reportRows';
import type { Translate } from './translate';

export function progressText(
  { bytes, total, entries, stage, said }: ImportProgress,
  t: Translate,
): string {
  const read = formatBytes(bytes);
  if (stage === 'build' && said !== undefined) return escapeControlCharacters(said);
  if (stage === 'fetch') return t('{0} of {1} fetched', read, formatBytes(total ?? bytes));
  return total === undefined
    ? t('{0}, {1} files', read, entries)
    : t('{0} of {1}, {2} files', read, formatBytes(total), entries);
}

/** In percent of the whole; 0 where that is not known. @param wasFetched that was the first half */
export function percentOf({ bytes, total, stage }: ImportProgress, wasFetched = false): number {
  const percent = total ? Math.min(100, (bytes / total) * 100) : 0;
  if (!wasFetched) return percent;
  return stage === 'fetch' ? percent / 2 : 50 + percent / 2;
}

/** Each is a sentence of the notification. */
export function remarks(report: ImportReport, t: Translate): string[] {
  const { setId, notKept, warnings } = report;
  const missing = [notKept.owners, notKept.devices, notKept.xattrs];
  const count = (some: SomeFiles, text: string) => (some.count > 0 ? [text] : []);
  return [
    ...count(setId, t('Programs with a set-user-ID or set-group-ID bit: {0}.', naming(setId, t))),
    ...(missing.some((some) => some.count > 0)
      ? [
          t(
            'Not kept: {0}.',
            [
              ...count(notKept.owners, t('owners ({0})', notKept.owners.count)),
              ...count(notKept.devices, t('device nodes ({0})', notKept.devices.count)),
              ...count(notKept.xattrs, t('extended attributes ({0})', notKept.xattrs.count)),
            ].join(', '),
          ),
        ]
      : []),
    ...(warnings.length > 0 ? [t('Messages of tar: {0}.', warnings.length)] : []),
  ];
}

/** As Markdown; names of the archive are escaped. */
export function reportPage(source: string, report: ImportReport, t: Translate): string {
  const { setId, notKept, warnings, digest, platform } = report;
  const isShort = [notKept.owners, notKept.devices, notKept.xattrs].some(({ count }) => count > 0);
  const some = (what: string, files: SomeFiles) => listed(what, files, t);
  const file = path.join(report.bundle, notKeptFile);
  return [
    `# ${escapeMarkdown(path.basename(report.bundle))}`,
    table([
      [t('Made from'), source],
      [t('Bundle'), report.bundle],
      [t('Image'), digest],
      [t('Platform'), platform],
      [t('Layers'), report.layers],
      [t('Files'), report.entries],
    ]),
    ...(isShort
      ? [
          `## ${t('Not kept')}`,
          [
            ...some(t('Owners'), notKept.owners),
            ...some(t('Device nodes'), notKept.devices),
            ...some(t('Extended attributes'), notKept.xattrs),
          ].join('\n'),
          escapeMarkdown(
            t('What these files had stands in {0}, one line each, as mtree(5) writes it.', file),
          ),
          ...(notKept.owners.count + notKept.devices.count === 0
            ? []
            : [
                escapeMarkdown(
                  t(
                    'Without root these cannot be made. With the privilege sudo (“Choose Privilege…”) an import keeps owners and device nodes.',
                  ),
                ),
              ]),
        ]
      : []),
    ...(setId.count > 0
      ? [
          `## ${t('Set-user-ID and set-group-ID')}`,
          some(t('Kept'), setId).join('\n'),
          escapeMarkdown(
            t(
              'Such a program runs as its owner for everybody who starts it. Other users of this machine do not reach it: the folder of the bundle is yours alone.',
            ),
          ),
        ]
      : []),
    ...(warnings.length > 0
      ? [
          `## ${t('Messages of tar')}`,
          warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join('\n'),
        ]
      : []),
    '',
  ].join('\n\n');
}

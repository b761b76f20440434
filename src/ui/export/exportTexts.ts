/** What is told of an export: its kinds, what it could not say, and the page with its report. Pure. */
import path from 'node:path';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { formatBytes } from '../../core/tree/formatAmounts';
import type { ExportReport } from '../../protocol/exports';
import type { SomeFiles } from '../../protocol/ownership';
import { escapeMarkdown } from '../model/markdown';
import { listed, naming, table } from '../model/reportRows';
import type { Translate } from '../model/translate';

/** Each is a sentence of the notification. */
export function exportRemarks(report: ExportReport, t: Translate): string[] {
  const { foreignOwners, whiteouts, unsaid, warnings } = report;
  return [
    ...(foreignOwners.count > 0
      ? [t('Files of unknown owners are root’s in it: {0}.', foreignOwners.count)]
      : []),
    ...(whiteouts.count > 0
      ? [t('Left out, because their names mean something in a layer: {0}.', naming(whiteouts, t))]
      : []),
    ...(unsaid.length > 0
      ? [
          report.format === 'pod'
            ? t('What a Pod cannot say stands in its comments.')
            : t('Not everything of config.json has a place in an image.'),
        ]
      : []),
    ...(warnings.length > 0 ? [t('Messages of tar: {0}.', warnings.length)] : []),
  ];
}

/** As Markdown; names of files are escaped. */
export function exportPage(source: string, report: ExportReport, t: Translate): string {
  const { format, givenBack, foreignOwners, whiteouts, unsaid, warnings, hostPaths } = report;
  const some = (what: string, files: SomeFiles) => listed(what, files, t);
  const section = (title: string, lines: readonly string[], why?: string) =>
    lines.length > 0
      ? [`## ${title}`, ...(why === undefined ? [] : [escapeMarkdown(why)]), lines.join('\n')]
      : [];
  const item = (line: string) => `- ${escapeMarkdown(escapeControlCharacters(line))}`;
  return [
    `# ${escapeMarkdown(path.basename(report.target))}`,
    table([
      [t('Made from'), source],
      [format === 'oci' ? t('Folder') : t('File'), report.target],
      [t('Size'), formatBytes(report.bytes)],
      [t('Image'), report.reference],
      [t('Digest'), report.digest],
      [t('Platform'), report.platform],
      [t('Files'), format === 'pod' ? undefined : report.entries],
    ]),
    ...section(
      t('Given back'),
      [
        ...some(t('Owners'), givenBack.owners),
        ...some(t('Device nodes'), givenBack.devices),
        ...some(t('Extended attributes'), givenBack.xattrs),
      ],
      t('What the rootfs could not hold, as rootfs.mtree has it.'),
    ),
    ...section(t('Other than in the rootfs'), [
      ...some(t('Owners unknown here, now root'), foreignOwners),
      ...some(t('Left out: names that mean something in a layer'), whiteouts),
    ]),
    ...section(
      format === 'pod' ? t('What a Pod cannot say') : t('What an image has no place for'),
      unsaid.map(item),
    ),
    ...section(t('Folders of the node that the Pod mounts'), hostPaths.map(item)),
    ...section(t('Messages of tar'), warnings.map(item)),
    '',
  ].join('\n\n');
}

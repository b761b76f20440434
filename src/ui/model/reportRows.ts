/** Parts of the pages that report an import or an export, as Markdown. Pure. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { SomeFiles } from '../../protocol/ownership';
import { escapeMarkdown } from './markdown';
import type { Translate } from './translate';

/** The first few names, and how many there are besides. */
export function naming({ count, names }: SomeFiles, t: Translate): string {
  const shown = names.map((name) => `“${escapeControlCharacters(name)}”`).join(', ');
  const more = count - names.length;
  return more > 0 ? t('{0} and {1} more', shown, more) : shown;
}

/** A line of a list; none where there are no such files. */
export function listed(what: string, files: SomeFiles, t: Translate): string[] {
  return files.count > 0 ? [`- ${escapeMarkdown(what)}: ${escapeMarkdown(naming(files, t))}`] : [];
}

/** @param rows what, and its value; those without one are left out */
export function table(rows: readonly (readonly [string, string | number | undefined])[]): string {
  const lines = rows.flatMap(([what, value]) =>
    value === undefined ? [] : [`| ${escapeMarkdown(what)} | ${escapeMarkdown(String(value))} |`],
  );
  return ['| | |', '| --- | --- |', ...lines].join('\n');
}

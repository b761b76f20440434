/** The evidence below a cell as HTML for the notebook's output, in the theme's colours. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Translate } from '../model/translate';
import type { EvidenceRow } from './EvidenceRow';

/** A chart's colour alone is too pale for small letters in some themes. */
const legible = (colour: string) =>
  `color-mix(in srgb,var(--vscode-charts-${colour},var(--vscode-foreground)) 60%,var(--vscode-foreground))`;

/** VS Code gives every output the theme's colours as variables; no colour says what no word says. */
const style = `
.terrarium-evidence{border-collapse:collapse;margin:2px 0;font-family:var(--vscode-font-family);font-size:var(--vscode-font-size);color:var(--vscode-foreground)}
.terrarium-evidence caption{text-align:left;padding:2px 6px 4px}
.terrarium-evidence th,.terrarium-evidence td{text-align:left;vertical-align:top;padding:2px 10px 2px 6px;border:0;border-top:1px solid var(--vscode-widget-border,var(--vscode-contrastBorder,transparent));font-weight:normal}
.terrarium-evidence thead th{color:var(--vscode-descriptionForeground);border-top:0}
.terrarium-evidence .before{color:var(--vscode-descriptionForeground)}
.terrarium-evidence .value{font-family:var(--vscode-editor-font-family);overflow-wrap:anywhere;min-width:8ch;max-width:36ch}
.terrarium-evidence .meaning{max-width:60ch;overflow-wrap:anywhere}
.terrarium-evidence .word{border:1px solid currentColor;border-radius:3px;padding:0 5px;white-space:nowrap}
.terrarium-evidence .new{color:${legible('green')}}
.terrarium-evidence .gone{color:${legible('red')}}
.terrarium-evidence .same{color:${legible('yellow')}}
.terrarium-words{font-family:var(--vscode-font-family);font-size:var(--vscode-font-size);color:var(--vscode-foreground);margin:4px 6px}
.terrarium-words summary{cursor:pointer;color:var(--vscode-textLink-foreground)}
.terrarium-words summary:focus-visible{outline:1px solid var(--vscode-focusBorder)}
.terrarium-words dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:4px 0}
.terrarium-words dd{margin:0;max-width:80ch}
.terrarium-words .page{color:var(--vscode-descriptionForeground);white-space:nowrap}
.terrarium-evidence .unknown{color:var(--vscode-descriptionForeground,currentColor)}
`;

/** A table that a screen reader reads row by row; without rows the summary alone. */
export function evidenceHtml(summary: string, rows: readonly EvidenceRow[], t: Translate): string {
  const caption = escapeHtml(summary);
  if (rows.length === 0)
    return `<style>${style}</style><p class="terrarium-evidence">${caption}</p>`;
  const heads = [t('what'), t('before'), t('now'), t('change'), t('in words')];
  const head = heads.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  return `<style>${style}</style><table class="terrarium-evidence"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows.map(tableRow).join('')}</tbody></table>${wordsHtml(rows, t)}`;
}

/** For a keyboard and a screen reader: a title is for the pointer alone. */
function wordsHtml(rows: readonly EvidenceRow[], t: Translate): string {
  const items = wordsOf(rows).map(
    ({ what, about: { text, section } }) =>
      `<dt>${escapeHtml(what)}</dt><dd>${escapeHtml(text)} <span class="page">${escapeHtml(section)}</span></dd>`,
  );
  if (items.length === 0) return '';
  return `<details class="terrarium-words"><summary>${escapeHtml(t('What the words mean'))}</summary><dl>${items.join('')}</dl></details>`;
}

function wordsOf(rows: readonly EvidenceRow[]) {
  return rows.flatMap(({ what, about }) => (about ? [{ what, about }] : []));
}

function tableRow({ what, before, after, tone, word, meaning, about }: EvidenceRow): string {
  const title = about ? ` title="${escapeHtml(`${about.text} ${about.section}`)}"` : '';
  return [
    `<tr><th scope="row"${title}>${escapeHtml(what)}</th>`,
    `<td class="value before">${escapeHtml(before)}</td>`,
    `<td class="value ${tone}">${escapeHtml(after)}</td>`,
    `<td class="${tone}"><span class="word">${escapeHtml(word)}</span></td>`,
    `<td class="meaning">${escapeHtml(meaning)}</td></tr>`,
  ].join('');
}

/** Names come from processes and mounts: nothing of them is markup. */
export function escapeHtml(text: string): string {
  return escapeControlCharacters(text).replace(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** The same as text, a line for each row: what a screen reader or a copy gets without HTML. */
export function evidencePlain(summary: string, rows: readonly EvidenceRow[]): string {
  const lines = rows.map(
    ({ what, before, after, word, meaning }) =>
      `${what}: ${before} → ${after} (${word}). ${meaning}`,
  );
  return escapeLines([summary, ...lines]);
}

function escapeLines(lines: readonly string[]): string {
  return lines.map((line) => escapeControlCharacters(line)).join('\n');
}

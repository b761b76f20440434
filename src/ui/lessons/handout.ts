/** A lesson with its results as Markdown: a handout. Called by "Export with Results…". */
import { stripVTControlCharacters } from 'node:util';
import type { Evidence } from '../../core/lesson/evidence';
import type { LessonCell } from '../../core/lesson/Lesson';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Translate } from '../model/translate';
import type { EvidenceRow } from './EvidenceRow';
import { evidenceRows, evidenceSummary } from './evidenceText';

/** What stands below a cell after its run. */
export interface CellResults {
  /** What its commands printed, and lines that say which of them failed. */
  readonly texts: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** @returns the cells, each with its results as prose below it */
export function handoutCells(
  cells: readonly { readonly cell: LessonCell; readonly results: CellResults }[],
  t: Translate,
): LessonCell[] {
  return cells.flatMap(({ cell, results: { texts, evidence } }) => [
    cell,
    ...texts.map((text) => prose(fenced(text))),
    ...evidence.map((one) => prose(evidenceMarkdown(one, t))),
  ]);
}

function prose(text: string): LessonCell {
  return { kind: 'prose', text };
}

/** The fence is longer than every one in the text. */
function fenced(text: string): string {
  const plain = stripVTControlCharacters(text).trimEnd();
  const runs = [...plain.matchAll(/`{3,}/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)));
  return `${fence}text\n${plain}\n${fence}`;
}

function evidenceMarkdown(evidence: Evidence, t: Translate): string {
  const rows = evidenceRows(evidence, t);
  const summary = escapeCell(evidenceSummary(evidence, t));
  if (rows.length === 0) return summary;
  const heads = [t('what'), t('before'), t('now'), t('change'), t('in words')].map(escapeCell);
  const lines = [heads, heads.map(() => '---'), ...rows.map(cellsOf)];
  return [summary, '', ...lines.map((line) => `| ${line.join(' | ')} |`)].join('\n');
}

function cellsOf({ what, before, after, word, meaning }: EvidenceRow): string[] {
  return [what, before, after, word, meaning].map(escapeCell);
}

/** Text on one line of a table: nothing of it is Markdown or HTML. */
function escapeCell(text: string): string {
  return escapeControlCharacters(text).replace(/[\\`*_[\]<>|&#~]/g, '\\$&');
}

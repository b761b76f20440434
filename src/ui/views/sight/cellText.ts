/** What stands in the cells of the table of sights: a value, and a word for how it compares. Pure. Called by `tableText`. */
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { capabilityNames } from '../../../core/procfs/capabilities';
import { type Neighbours, relationOf } from '../../../core/sight/relationOf';
import type { Relation, SightColumn, SightLine } from '../../../core/sight/sightLine';
import type { ProcessSnapshot } from '../../../protocol/snapshot';
import type { Translate } from '../../model/translate';
import type { SightCell } from './messages';
import { lineLabel } from './roleText';

/** What a cell takes from the other lines. */
export interface OtherLines {
  /** What they call their processes, by PID outside. */
  readonly labels: ReadonlyMap<number, string>;
  /** Who looks at the table, as the machine counts users; undefined where VS Code is not seen. */
  readonly you: number | undefined;
}

/** Names of capabilities in one cell. */
const maxNamed = 3;

export function cellText(
  column: SightColumn,
  line: SightLine,
  neighbours: Neighbours,
  others: OtherLines,
  t: Translate,
): SightCell {
  const relation = relationOf(column, line.snapshot, neighbours);
  // A value whose place alone is unknown is there all the same.
  const isAbsent = relation.kind === 'untold' && column !== 'capabilities';
  return {
    text: isAbsent ? '?' : shortText(column, line, others, t),
    word: wordOf(relation, t),
    tone: relation.kind,
  };
}

/** Characters of a path in a cell; the explanation has all of it. */
const maxPath = 22;

function shortText(
  column: SightColumn,
  line: SightLine,
  { labels, you }: OtherLines,
  t: Translate,
): string {
  const { snapshot } = line;
  const parent = labels.get(snapshot.parent.pid);
  if (column === 'process') return lineLabel(line, t);
  if (column === 'parent' && parent !== undefined) return `${parent} ${snapshot.parent.pid}`;
  const text = valueText(column, snapshot, t);
  if (column === 'root') return shortPath(text);
  return column === 'userOutside' && snapshot.uid.outside === you && you !== 0
    ? t('{0} (you)', text)
    : text;
}

/** Its last folders: as many whole names as there is room for, and of the last one what there is room for. */
function shortPath(path: string): string {
  const characters = [...path];
  if (characters.length <= maxPath) return path;
  const end = characters.slice(1 - maxPath).join('');
  const slash = end.indexOf('/');
  return `…${slash < 0 ? end : end.slice(slash)}`;
}

/** The value alone, visible. */
export function valueText(column: SightColumn, here: ProcessSnapshot, t: Translate): string {
  switch (column) {
    case 'process':
      return escapeControlCharacters(here.name);
    case 'parent':
      return here.parent.pid === 0
        ? t('outside')
        : `${escapeControlCharacters(here.parent.name ?? '')} ${here.parent.pid}`.trim();
    case 'pidInside':
      return String(here.pids.at(-1));
    case 'pidOutside':
      return String(here.pids[0]);
    case 'namespaces': {
      const own = here.namespaces.filter((one) => !one.isHosts).map(({ type }) => type);
      return own.length > 0 ? own.join(' ') : t('none of its own');
    }
    case 'root':
      return here.root?.isHosts
        ? t('/ of the machine')
        : here.root?.path === '/'
          ? t('/ of its own')
          : escapeControlCharacters(here.root?.path ?? '');
    case 'userInside':
      return userText(here.uid.inside, t);
    case 'userOutside':
      return userText(here.uid.outside, t);
    case 'hostname':
      return escapeControlCharacters(here.hostname ?? '');
    case 'capabilities': {
      const names = here.capabilities.effective;
      if (names.length === 0) return t('none');
      if (names.length <= maxNamed) return names.join(' ');
      return names.length >= capabilityNames.length
        ? t('all {0}', names.length)
        : t('{0} of {1}', names.length, capabilityNames.length);
    }
  }
}

export function userText(id: number, t: Translate): string {
  return id === 0 ? t('0 (root)') : id === 65534 ? t('65534 (nobody)') : String(id);
}

function wordOf(relation: Relation, t: Translate): string {
  switch (relation.kind) {
    case 'untold':
      return t('not told: {0}', escapeControlCharacters(relation.reason));
    case 'same':
      return t('same');
    case 'machine':
      return t('this machine’s');
    case 'own':
      return t('own');
    case 'container':
      return t('the container’s');
    case 'changed':
      return t('another');
    case 'more':
      return t('more');
    case 'fewer':
      return t('fewer');
    case 'first':
      return t('first');
    case 'counted':
      return t('same numbering');
    case 'above':
      return t('the row above');
    case 'plain':
      return '';
  }
}

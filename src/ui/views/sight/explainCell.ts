/** Explains one cell of the table of sights. Pure. Called by the panel when somebody asks, and when the value changes. */
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { relationOf } from '../../../core/sight/relationOf';
import type { SightColumn, SightLine } from '../../../core/sight/sightLine';
import type { ProcessSnapshot } from '../../../protocol/snapshot';
import { newNamespaceText, sharedNamespaceText } from '../../model/namespaceText';
import type { Translate } from '../../model/translate';
import { callText } from './callText';
import { userText, valueText } from './cellText';
import { columnText } from './columnText';
import type { SightParagraph } from './messages';
import { lineLabel, roleSentence } from './roleText';
import { type SightContext, neighboursOf } from './SightContext';

export interface Explanation {
  readonly title: string;
  readonly paragraphs: readonly SightParagraph[];
}

/** @returns undefined where the line has gone */
export function explainCell(
  key: string,
  column: SightColumn,
  lines: readonly SightLine[],
  context: SightContext,
  t: Translate,
): Explanation | undefined {
  const at = lines.findIndex(({ row }) => row.key === key);
  const line = lines[at];
  if (!line) return undefined;
  const neighbours = neighboursOf(lines, at, context);
  const relation = relationOf(column, line.snapshot, neighbours);
  const { title, what, manual } = columnText(column, t);
  const isUntold = relation.kind === 'untold';
  const { above } = neighbours;
  const paragraphs: (SightParagraph | undefined)[] = [
    { heading: t('What it is'), text: what },
    column === 'process'
      ? { heading: t('Here'), text: roleSentence(line, context, t) }
      : {
          heading: t('Here'),
          text: isUntold
            ? t(
                'The kernel does not tell it to the helper: {0}.',
                escapeControlCharacters(relation.reason),
              )
            : hereText(column, line.snapshot, t),
        },
    column === 'process' || isUntold || !above
      ? undefined
      : {
          heading: t('Beside the row above, {0}', `${lineLabel(lines[at - 1]!, t)} ${above.pid}`),
          text: aboveText(column, line.snapshot, above, neighbours, t),
        },
    column === 'process' || column === 'parent' || isUntold
      ? undefined
      : { heading: t('Beside this machine'), text: machineText(column, line.snapshot, t) },
    { heading: t('Which call made it so'), text: callText(column, line, relation, context, t) },
    { heading: t('In the manual'), text: manual },
  ];
  return {
    title: t('{0} of {1}', title, `${lineLabel(line, t)} ${line.snapshot.pid}`),
    paragraphs: paragraphs.filter(
      (one) => one !== undefined && one.text !== '',
    ) as SightParagraph[],
  };
}

function hereText(column: SightColumn, here: ProcessSnapshot, t: Translate): string {
  const value = valueText(column, here, t);
  switch (column) {
    case 'parent':
      return here.parent.pid === 0 ? t('Its parent is in no PID namespace that is seen.') : value;
    case 'pidInside':
      return here.pids.length > 2
        ? t('{0}. From this machine’s to its own: {1}.', value, here.pids.join(' · '))
        : value;
    case 'namespaces': {
      const own = here.namespaces.filter((one) => !one.isHosts);
      return own.length === 0
        ? t('All its namespaces are this machine’s.')
        : own.map(({ type }) => `${type}: ${newNamespaceText(type, t)}`).join('\n');
    }
    case 'capabilities':
      return here.capabilities.effective.length === 0
        ? t('None: it may do what its user may, and no more.')
        : here.capabilities.effective.join(' ');
    default:
      return value;
  }
}

function aboveText(
  column: SightColumn,
  here: ProcessSnapshot,
  above: ProcessSnapshot,
  neighbours: Parameters<typeof relationOf>[2],
  t: Translate,
): string {
  const { kind } = relationOf(column, here, neighbours);
  if (kind === 'same') return t('The same.');
  if (kind === 'above') return t('The row above is its parent.');
  if (relationOf(column, above, { above: undefined, init: undefined }).kind === 'untold')
    return t('There the kernel did not tell it, so the two cannot be compared.');
  switch (column) {
    case 'namespaces': {
      const other = here.namespaces.filter(
        ({ type, inode }) => above.namespaces.find((one) => one.type === type)?.inode !== inode,
      );
      return t(
        'Other ones: {0}. The same: {1}.',
        ...split(
          other.map(({ type }) => type),
          here,
          t,
        ),
      );
    }
    case 'capabilities': {
      const [mine, theirs] = [here.capabilities.effective, above.capabilities.effective];
      const list = (names: readonly string[]) => (names.length === 0 ? t('none') : names.join(' '));
      return t(
        'Here and not there: {0}. There and not here: {1}.',
        list(mine.filter((name) => !theirs.includes(name))),
        list(theirs.filter((name) => !mine.includes(name))),
      );
    }
    case 'pidInside':
      if (kind === 'counted')
        return t(
          'Here {0}, there {1}: numbers of one PID namespace, which both are in.',
          ...both(column, here, above, t),
        );
      return t('Here {0}, there {1}.', ...both(column, here, above, t));
    default:
      return t('Here {0}, there {1}.', ...both(column, here, above, t));
  }
}

function both(column: SightColumn, here: ProcessSnapshot, above: ProcessSnapshot, t: Translate) {
  return [valueText(column, here, t), valueText(column, above, t)];
}

function split(other: readonly string[], { namespaces }: ProcessSnapshot, t: Translate) {
  const same = namespaces
    .map(({ type }) => type)
    .filter((type) => !other.some((one) => one === type));
  return [other, same].map((types) => (types.length === 0 ? t('none') : types.join(' ')));
}

function machineText(column: SightColumn, here: ProcessSnapshot, t: Translate): string {
  const isHosts = (type: string) => here.namespaces.find((one) => one.type === type)?.isHosts;
  const [inside, outside] = [here.uid.inside, here.uid.outside];
  switch (column) {
    case 'pidInside':
    case 'pidOutside':
      return here.pids.length === 1
        ? t('It has one number: it is in the machine’s PID namespace.')
        : t(
            'It is process {0} in its PID namespace, and process {1} of the machine.',
            here.pids.at(-1)!,
            here.pids[0]!,
          );
    case 'namespaces': {
      const shared = here.namespaces.filter((one) => one.isHosts);
      return shared.length === 0
        ? t('None is this machine’s.')
        : shared.map(({ type }) => `${type}: ${sharedNamespaceText(type, t)}`).join('\n');
    }
    case 'root':
      return here.root?.isHosts
        ? t('An absolute path begins at the root of the machine.')
        : t('Absolute paths begin in this folder, and name nothing outside of it.');
    case 'userInside':
    case 'userOutside':
      return inside === outside && isHosts('user') === false
        ? t('The map gives it the same number outside.')
        : inside === outside
          ? inside === 0
            ? t('Root in it is root of the machine.')
            : t('It is the same user inside and outside.')
          : inside === 0
            ? t('Root in it is user {0} of the machine, and may there what that user may.', outside)
            : t('User {0} in it is user {1} of the machine.', userText(inside, t), outside);
    case 'hostname':
      return isHosts('uts')
        ? t('Its UTS namespace is the machine’s: this is the machine’s hostname.')
        : t('That of its UTS namespace: the machine has kept its own.');
    case 'capabilities':
      if (here.capabilities.effective.length === 0) return '';
      return isHosts('user')
        ? t('Each is one right of root, on the whole machine.')
        : t(
            'They count for what belongs to its own user namespace, and for nothing else of the machine.',
          );
    default:
      return '';
  }
}

/** The words for what a command changed for a process. Called by the controllers of the notebooks. */
import type { Difference, Evidence, ProcessName } from '../../core/lesson/evidence';
import type { Translate } from '../model/translate';
import { terms } from '../model/words/terms';
import { tableWord } from '../model/words/WordTable';
import type { EvidenceRow } from './EvidenceRow';
import { identityRow } from './identityText';
import { mountsRow } from './mountsText';
import { aboutOf } from './evidenceWords';
import { namespaceName, newNamespaceText, sharedNamespaceText } from '../model/namespaceText';

/** The differences in their order, then what is still the machine's, then what is not known. */
export function evidenceRows(evidence: Evidence, t: Translate): EvidenceRow[] {
  const rows = evidence.differences.flatMap((one) =>
    rowsOf(one, evidence, t).map((row, at) => ({ ...row, about: aboutOf(one, at, evidence, t) })),
  );
  const changed = evidence.differences.flatMap((one) =>
    one.kind === 'namespaces' ? one.changes.map(({ type }) => type) : [],
  );
  const others = evidence.shared.filter((type) => !changed.includes(type));
  return [
    ...rows,
    ...(changed.length > 0 ? sharedRows(others, t) : []),
    ...untoldRows(evidence, t),
  ];
}

/** One sentence for all of it. */
export function evidenceSummary(
  { subject, before, after, differences }: Evidence,
  t: Translate,
): string {
  const to = nameOf(after);
  const isSame = differences.length === 0;
  if (subject === 'front')
    return isSame
      ? t(
          'None of this is different for the process in front, {0}: namespaces, root, mounts, user, capabilities, hostname, cgroup.',
          to,
        )
      : t('What is different for the process in front, now {0}:', to);
  if (isSame)
    return t(
      'None of this is different for PID 1, {0}: namespaces, root, mounts, user, capabilities, hostname, cgroup.',
      to,
    );
  return before.pid === after.pid
    ? t('What is different for PID 1, {0}:', to)
    : t('PID 1 is there: {0}. What is different for it than for the helper, {1}:', to, before.pid);
}

/** `bash 4711` */
export function nameOf({ name, pid }: ProcessName): string {
  return name === undefined ? String(pid) : `${name} ${pid}`;
}

function rowsOf(one: Difference, evidence: Evidence, t: Translate): EvidenceRow[] {
  const changed = { tone: 'new', word: t('changed') } as const;
  // Before the step that makes PID 1 the helper stands for it.
  const isMade = ({ before, after }: { before: ProcessName; after: ProcessName }) =>
    evidence.subject === 'init' && before.pid !== after.pid;
  switch (one.kind) {
    case 'process':
      return [
        {
          what: evidence.subject === 'front' ? t('process in front') : t('process'),
          before: isMade(one) ? t('helper {0}', one.before.pid) : nameOf(one.before),
          after: nameOf(one.after),
          ...changed,
          meaning:
            one.before.pid === one.after.pid
              ? t('The same process executes another program now.')
              : evidence.subject === 'front'
                ? t('This process reads what is typed now.')
                : t('It was made for the container, and waits for its next step.'),
        },
      ];
    case 'pids':
      return [{ ...pids(one, t), ...changed }];
    case 'parent':
      return [
        {
          ...{ what: t('parent'), before: nameOf(one.before), after: nameOf(one.after) },
          ...changed,
          meaning: t('It is told when the process ends, and asks for its exit status.'),
        },
      ];
    case 'namespaces':
      return one.changes.map(({ type, was, now }) => ({
        what: namespaceName(type, t),
        before: was === 'host' ? t('the machine’s') : t('another one'),
        after: now === 'host' ? t('the machine’s') : t('a new one'),
        tone: now === 'host' ? ('same' as const) : ('new' as const),
        word: now === 'host' ? t('back') : t('new'),
        meaning: now === 'host' ? t('It is in the machine’s again.') : newNamespaceText(type, t),
      }));
    case 'bornElsewhere':
      return [
        {
          what: t('PID namespace of its children'),
          before: one.before ? t('another one') : t('its own'),
          after: one.after ? t('another one') : t('its own'),
          ...changed,
          meaning: one.after
            ? t(
                'A process never changes its own PID: only its children are born in the new PID namespace. That is what --fork is for.',
              )
            : t('Its children are counted where it is counted itself.'),
        },
      ];
    case 'mounts':
      return [mountsRow(one, t)];
    default:
      return [identityRow(one, evidence, t)];
  }
}

function pids({ before, after }: Extract<Difference, { kind: 'pids' }>, t: Translate) {
  const shown = (numbers: readonly number[]) => [...numbers].reverse().join(' · ');
  const [outside, inside] = [after[0]!, after.at(-1)!];
  const meaning =
    after.length === 1
      ? t('It has one number: it is in the machine’s PID namespace.')
      : inside === 1
        ? t(
            'PID 1: the first of its PID namespace, whose end ends all in it. For the machine it is process {0}, an ordinary one.',
            outside,
          )
        : t(
            'It is process {0} in its PID namespace, and process {1} of the machine.',
            inside,
            outside,
          );
  return { what: t('PID inside · outside'), before: shown(before), after: shown(after), meaning };
}

function sharedRows(shared: Evidence['shared'], t: Translate): EvidenceRow[] {
  if (shared.length === 0) return [];
  const names = shared.join(', ');
  return [
    {
      what: t('other namespaces'),
      before: names,
      after: t('the machine’s'),
      tone: 'same',
      word: t('shared'),
      about: tableWord(terms(t), 'namespaces'),
      meaning: `${upperFirst(shared.map((type) => sharedNamespaceText(type, t)).join('; '))}.`,
    },
  ];
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function untoldRows({ subject, untold }: Evidence, t: Translate): EvidenceRow[] {
  // What its children get is told together with the namespaces.
  const fields = untold.map(({ field }) => field).filter((field) => field !== 'bornElsewhere');
  if (fields.length === 0) return [];
  const names: Readonly<Record<string, string>> = {
    namespaces: t('namespaces'),
    root: t('root directory'),
    cwd: t('working directory'),
    mounts: t('mounts'),
    hostname: t('hostname'),
    cgroup: t('cgroup'),
    procfs: '/proc',
  };
  return [
    {
      what: fields.map((field) => names[field] ?? field).join(', '),
      before: '',
      after: '',
      tone: 'unknown',
      word: t('not known'),
      meaning:
        subject === 'front'
          ? t(
              'The kernel tells this of another user’s process to root alone. After “Restart Lesson” the lesson asks once more for a helper that runs as root.',
            )
          : t('The kernel tells this of a process that its user may not look into to root alone.'),
    },
  ];
}

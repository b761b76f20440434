/** The word for what a row of the evidence is about. Called by `evidenceText`. */
import type { Difference, Evidence } from '../../core/lesson/evidence';
import type { Translate } from '../model/translate';
import { capabilitySets } from '../model/words/capabilitySets';
import { ids } from '../model/words/ids';
import { namespaces } from '../model/words/namespaces';
import { terms } from '../model/words/terms';
import { tableWord, type Word } from '../model/words/WordTable';

/** @param at which of its rows: namespaces have one for each */
export function aboutOf(
  one: Difference,
  at: number,
  { subject }: Evidence,
  t: Translate,
): Word | undefined {
  switch (one.kind) {
    case 'process':
      return subject === 'front' ? tableWord(terms(t), 'process in front') : undefined;
    case 'pids':
      return tableWord(terms(t), one.after.length > 1 && one.after.at(-1) === 1 ? 'PID 1' : 'PID');
    case 'namespaces': {
      const change = one.changes[at];
      return change && tableWord(namespaces(t), change.type);
    }
    case 'bornElsewhere':
      return tableWord(terms(t), 'children');
    case 'root':
      return tableWord(terms(t), 'root directory');
    case 'cwd':
      return tableWord(terms(t), 'working directory');
    case 'procfs':
      return tableWord(terms(t), 'procfs');
    case 'uidMap':
    case 'gidMap':
      return tableWord(ids(t), 'map');
    case 'capabilities':
      return one.set === 'effective'
        ? tableWord(terms(t), 'capabilities')
        : tableWord(capabilitySets(t), one.set);
    default:
      return tableWord(terms(t), one.kind); // parent, mounts, hostname, user, cgroup
  }
}

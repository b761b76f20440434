/** The word for one field of the document about a process, for the hover. Called by `ProcessDocuments`. */
import type { Translate } from '../../model/translate';
import type { Word } from '../../model/words/WordTable';
import { wordMarkdown } from '../../model/words/wordMarkdown';
import type { WordKind } from '../../model/words/word';
import {
  explainCgroup,
  explainFile,
  explainMount,
  explainSocket,
  type FindWord,
} from './explainRow';
import type { SectionName } from './sections';

/**
 * @param row the line below the pointer
 * @param pointed the word below the pointer
 * @returns Markdown; undefined where the explanation of the section is enough
 */
export async function explainField(
  section: SectionName,
  row: string,
  pointed: string,
  t: Translate,
): Promise<string | undefined> {
  const { word, wordsOf } = await import('../../model/words/lazy');
  const find: FindWord = (kind, name) => word(kind, name, t);
  const ofRow = rowExplainers[section]?.(row, find) ?? [];
  if (ofRow.length > 0) return ofRow.map(({ text, section }) => `${text} ${section}`).join(' ');
  const capability = section === 'capabilities' ? find('capability', pointed) : undefined;
  if (capability) return wordMarkdown(`CAP_${pointed}`, capability);
  const kind = kinds[section];
  if (kind === undefined) return undefined;
  const shown = shownNames(t);
  const label = row.trim();
  for (const [name, one] of wordsOf(kind, t)) {
    const field = shown[name] ?? name;
    if (label === field || label.startsWith(`${field} `)) return wordMarkdown(field, one);
  }
  return undefined;
}

const rowExplainers: Partial<Record<SectionName, (row: string, find: FindWord) => Word[]>> = {
  files: explainFile,
  sockets: explainSocket,
  mounts: explainMount,
  cgroup: explainCgroup,
};

const kinds: Partial<Record<SectionName, WordKind>> = {
  namespaces: 'namespace',
  ids: 'id',
  capabilities: 'capabilitySet',
  memory: 'memory',
  places: 'place',
  limits: 'limit',
};

/** Fields that the document shows in the user's language. */
function shownNames(t: Translate): Readonly<Record<string, string>> {
  return {
    effective: t('effective'),
    permitted: t('permitted'),
    bounding: t('bounding'),
    inheritable: t('inheritable'),
    ambient: t('ambient'),
    program: t('program'),
    folder: t('folder'),
    root: t('root'),
  };
}

/** The translated words of the picture. Types, and how they are put together. `{0}` is what is filled in. */
import type { NamespaceType } from '../../protocol/namespaces';
import type { PictureRoot, ProcessMark } from './Picture';

export interface PictureTexts {
  readonly machine: string;
  readonly namespaces: Readonly<Record<NamespaceType, string>>;
  readonly marks: Readonly<Record<ProcessMark, string>>;
  readonly paused: string;
  readonly helper: string;
  readonly you: string;
  readonly root: string;
  /** `own: {0}` */
  readonly own: string;
  /** Of this machine, so nothing keeps it apart. */
  readonly ofMachine: string;
  readonly sharedWithAll: string;
  /** `{0}: shared by {1}` */
  readonly sharedBy: string;
  readonly and: string;
  readonly rootOf: Readonly<Record<PictureRoot['kind'], string>>;
  readonly wayOut: string;
  readonly noWayBack: string;
  readonly oneProcess: string;
  readonly processes: string;
  readonly alike: string;
  readonly others: string;
  readonly withMore: string;
  /** `{0}, PID {1} inside, {2} outside` */
  readonly processLabel: string;
  readonly left: string;
  readonly nothing: string;
  readonly legend: readonly { readonly text: string; readonly role: LegendRole }[];
  readonly page: PageTexts;
}

type LegendRole = 'muted' | 'namespace' | 'root' | 'shared' | 'leak';

/** What stands around the picture. */
export interface PageTexts {
  readonly title: string;
  readonly table: string;
  readonly save: string;
  readonly hint: string;
  readonly columns: readonly string[];
}

export function fill(text: string, ...parts: readonly (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (whole, at: string) => String(parts[Number(at)] ?? whole));
}

export function namesOf(types: readonly NamespaceType[], texts: PictureTexts): string[] {
  return types.map((type) => texts.namespaces[type]);
}

/** `web, db and cache` */
export function listed(names: readonly string[], { and }: PictureTexts): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : fill(and, names.slice(0, -1).join(', '), last);
}

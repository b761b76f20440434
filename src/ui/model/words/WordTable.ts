/** What a word of the field means, and the tables that say so. */

export interface Word {
  /** One or two sentences in the user's language, at most 200 characters in English. Plain text. */
  readonly text: string;
  /** The manual page: `unshare(1)`. */
  readonly section: string;
}

/** Names, with a comma between those that mean the same, to their text and manual page. */
export type Table = Readonly<Record<string, readonly [text: string, section: string]>>;

export interface CommandWords {
  readonly text: string;
  readonly section: string;
  /** As in `Table`; the section is the command's. */
  readonly options?: Readonly<Record<string, string>>;
}

export type Commands = Readonly<Record<string, CommandWords>>;

/** Each name of the table with its word. */
export function byName(table: Table): ReadonlyMap<string, Word> {
  return new Map(
    Object.entries(table).flatMap(([names, [text, section]]) =>
      names.split(', ').map((name) => [name, { text, section }] as const),
    ),
  );
}

/** For rows that are drawn at once: a name of one small table. */
export function tableWord(table: Table, name: string): Word | undefined {
  return byName(table).get(name);
}

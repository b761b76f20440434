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

/** One line of the evidence below a cell, as text. Made by `evidenceText`; drawn as HTML and as Markdown. */

import type { Word } from '../model/words/WordTable';

/** What colour a row has; `word` says the same. */
export type Tone = 'new' | 'gone' | 'same' | 'unknown';

export interface EvidenceRow {
  /** Raw, as all here: names may come from a process. */
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly tone: Tone;
  /** One or two words for the change. */
  readonly word: string;
  /** A sentence or two. */
  readonly meaning: string;
  /** What `what` is, whatever its values are. */
  readonly about?: Word;
}

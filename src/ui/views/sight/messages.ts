/** The messages between the panel of sights and its page. Both import them, and parse what comes (parseMessages.ts). */
import type { RelationKind, SightColumn } from '../../../core/sight/sightLine';

export interface SightCell {
  /** Visible: it may be a name that a process chose. */
  readonly text: string;
  /** How it compares, in a word or two; empty where nothing is compared. */
  readonly word: string;
  readonly tone: RelationKind | 'untold';
}

export interface SightTableRow {
  readonly key: string;
  readonly depth: number;
  /** What the process is here: `helper`, `PID 1`; empty for most. */
  readonly role: string;
  /** `and 38 more like it`, or empty. */
  readonly more: string;
  /** In the order of the columns; the first one heads the row. */
  readonly cells: readonly SightCell[];
}

/** One paragraph of an explanation. */
export interface SightParagraph {
  readonly heading: string;
  readonly text: string;
}

/** panel → page */
export type SightMessage =
  | {
      readonly kind: 'table';
      readonly rows: readonly SightTableRow[];
      /** Sentences above the table: what is not shown, and why. */
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'explanation';
      readonly key: string;
      readonly column: SightColumn;
      readonly title: string;
      readonly paragraphs: readonly SightParagraph[];
      /** Whether the process tree has it, for the buttons. */
      readonly isInside: boolean;
    };

/** page → panel */
export type SightRequest =
  | { readonly kind: 'ready' }
  | { readonly kind: 'explain'; readonly key: string; readonly column: SightColumn }
  | { readonly kind: 'inspect' | 'reveal'; readonly key: string };

/** The translated texts of the page. */
export interface SightTexts {
  readonly caption: string;
  readonly hint: string;
  readonly columns: readonly string[];
  readonly explanation: string;
  readonly nothingChosen: string;
  readonly inspect: string;
  readonly reveal: string;
  readonly reading: string;
}

/** What VS Code keeps of a page, and hands to the panel after "Reload Window". */
export interface SightState {
  /** Of the container. */
  readonly id: string;
  readonly name: string;
  /** The one process that is shown with its chain, by its number in the container. */
  readonly only?: { readonly pid: number; readonly startTime: string; readonly name: string };
}

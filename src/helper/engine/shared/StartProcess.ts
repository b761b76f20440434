/** A process that carries out a start: what goes to and fro, and how it ended. */
import type { Readable, Writable } from 'node:stream';

/** Of one that could not be spawned, why. Of one that another process has forked nothing is known. */
export interface ProcessEnd {
  readonly exitCode?: number;
  readonly signal?: string;
  readonly failure?: string;
}

/** A running terrarium-init. */
export interface StartProcess {
  /** Descriptor 2: what it and what it runs print. */
  readonly printed: Readable;
  /** Descriptor 3: reports. */
  readonly reports: Readable;
  /** Descriptor 4: the words that let it on. */
  readonly words: Writable;
  /** Never rejects. */
  readonly result: Promise<ProcessEnd>;
}

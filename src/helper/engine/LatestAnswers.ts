/**
 * The last answers of a thread, so that one that is equal need not be sent once more: who asked keeps them by their slots.
 * For looksThreadMain.ts and LooksThread.ts.
 */
import { serialize } from 'node:v8';

/** Of a few bundles with all that was found out for their starts. */
const slots = 64;

/** A longer one is sent each time, in bytes: a config.json may be anybody's. */
const longest = 64 * 1024;

export class LatestAnswers {
  readonly #known = new Map<string, { readonly slot: number; readonly bytes: Buffer }>();

  /** @returns what is sent of it: values are compared as V8 writes them down */
  kept(what: string, value: unknown) {
    const bytes = serialize(value);
    if (bytes.length > longest) return { value };
    const known = this.#known.get(what);
    if (known?.bytes.equals(bytes)) {
      this.#known.delete(what);
      this.#known.set(what, known);
      return { slot: known.slot, isKept: true };
    }
    let slot = known?.slot ?? this.#known.size;
    if (slot === slots) {
      const [[oldest, { slot: free }]] = this.#known as unknown as [[string, { slot: number }]];
      this.#known.delete(oldest);
      slot = free;
    }
    this.#known.delete(what);
    this.#known.set(what, { slot, bytes });
    return { slot, value };
  }
}

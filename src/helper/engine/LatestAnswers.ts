/**
 * The last answers of a thread, so that one that is equal need not be sent once more: who asked keeps them by their slots.
 * For looksThreadMain.ts and LooksThread.ts.
 */
import { serialize } from 'node:v8';
import { keepLatest } from '../../core/keepLatest';

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
      keepLatest(this.#known, what, known, slots);
      return { slot: known.slot, isKept: true };
    }
    let slot = known?.slot ?? this.#known.size;
    const [oldest] = this.#known;
    if (slot === slots && oldest) slot = oldest[1].slot;
    keepLatest(this.#known, what, { slot, bytes }, slots);
    return { slot, value };
  }
}

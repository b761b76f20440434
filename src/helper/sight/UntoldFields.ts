/** Why fields of a snapshot are absent. Used by `takeSnapshot`. */
import { isUntold } from '../processes/ProcFiles';

export class UntoldFields {
  readonly #reasons = new Map<string, string>();

  /** @param reason the errno, or another short reason; the first one of a field counts */
  note(field: string, reason: string): undefined {
    if (!this.#reasons.has(field)) this.#reasons.set(field, reason);
    return undefined;
  }

  /** @returns undefined where /proc has nothing to tell @throws Error for every other reason */
  async ask<T>(field: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!isUntold(error)) throw error;
      return this.note(field, error.code);
    }
  }

  /** To be told, by functions that call back with the errno. */
  of(field: string): (errno: string) => void {
    return (errno) => this.note(field, errno);
  }

  get list(): { readonly field: string; readonly reason: string }[] {
    return [...this.#reasons].map(([field, reason]) => ({ field, reason }));
  }
}

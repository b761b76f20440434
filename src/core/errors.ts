/** Errors for people: what, why, and what to do. One boundary (UI or command line) shows them. */

const brand = Symbol.for('terrarium.error');

/** An expected failure. `message` is complete on its own: it ends with the remedy. */
export class TerrariumError extends Error {
  /** One of another bundle counts: extension.js and core.js have a class of their own each. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === TerrariumError
      ? value instanceof Error && brand in value
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** @internal */
  readonly [brand] = true;

  /**
   * @param code stable, kebab-case, for tests and the doctor: `rootfs-symlink`
   * @param problem names the thing and the reason, one sentence with its full stop
   * @param remedy what to do about it, one sentence with its full stop
   */
  constructor(
    readonly code: string,
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${problem} ${remedy}`, options);
    this.name = 'TerrariumError';
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

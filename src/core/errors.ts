/** Errors for people: what, why, and what to do. One boundary (UI or command line) shows them. */

/** An expected failure. `message` is complete on its own: it ends with the remedy. */
export class TerrariumError extends Error {
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

/** The code of a system error. Used wherever one is expected. */

/** `ENOENT` and the like; undefined for anything that is no system error. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Entries of a mount's `options`, once they are known to be what mount(8) takes them for (mountOptionSchema.ts). */

/** Up to a comma that is neither quoted nor behind a backslash (mount(8)). */
const oneOption = /(?:\\.|"[^"]*"?|[^,"\\])+/g;

/** As mount(8): each part between two commas is an option. */
export function splitOptions(options: readonly string[]): string[] {
  return options.flatMap((option) => option.match(oneOption) ?? []);
}

const recursive =
  /^r(ro|rw|nosuid|suid|nodev|dev|noexec|exec|noatime|atime|relatime|norelatime|strictatime|nostrictatime|nodiratime|diratime|nosymfollow|symfollow)$/;

/** Of a mount and of all below it (mount_setattr(2), AT_RECURSIVE): "rro" and its like. */
export function isRecursive(option: string): boolean {
  return recursive.test(option);
}

/** Whether further mounts are to come from where it was mounted, or go there (mount_namespaces(7)). */
export function isTravelling(option: string): boolean {
  return /^r?(shared|slave)$/.test(option);
}

/**
 * Entries of a mount's `options`, for the schema. mount(8) gets them joined with commas and takes them
 * apart by rules of its own (ul_optstr_next of util-linux): a quote hides the commas up to the next one
 * and so does a backslash the one behind it, whichever entry they are in, so that two harmless entries
 * could make a "remount" or a "bind" that nobody has looked at. What could do that is let through only
 * where both readings are the same.
 */
import { ShortText } from './schemaText';

/**
 * Quotes only around the whole value of an SELinux context, backslashes only before the separators of
 * overlayfs (`lowerdir=/a\:b`, whose kernel side takes them away).
 */
const readAlike = /^(?:[^"\\]|\\[:,]|(?<=(?:^|,)(?:fs|def|root)?context=)"[^"\\]*"(?=,|$))*$/;

/** To mount(8) "remount=" is "remount". */
const emptyValue = /=(?=,|$)/;

/** Up to a comma that is neither quoted nor behind a backslash (mount(8)). */
const oneOption = /(?:\\.|"[^"]*"?|[^,"\\])+/g;

/** Offered where one is typed. */
const usual = [
  ...['ro', 'rw', 'nosuid', 'nodev', 'noexec', 'noatime', 'relatime', 'bind', 'rbind'],
  ...['private', 'rprivate', 'slave', 'rslave', 'mode=0755', 'size=64m'],
  ...['newinstance', 'ptmxmode=0666', 'lowerdir=/lower', 'upperdir=/upper/files'],
  'workdir=/upper/index',
];

export const MountOption = ShortText.min(1)
  .regex(readAlike, 'must not contain quotes or backslashes, which could hide another option')
  .refine((text) => !emptyValue.test(text), 'must not end with "=", which mount(8) overlooks')
  .meta({ examples: usual });

/** mount(8) takes what stands between two commas for an option of its own, so whoever looks does. */
export function splitOptions(options: readonly string[]): string[] {
  return options.flatMap((option) => option.match(oneOption) ?? []);
}

/** Whether further mounts are to come from where it was mounted, or go there (mount_namespaces(7)). */
export function isTravelling(option: string): boolean {
  return /^r?(shared|slave)$/.test(option);
}

/**
 * Entries of a mount's `options`, for the schema. mount(8) gets them joined with commas and splits them by
 * its own rules (ul_optstr_next of util-linux). A quote hides the commas up to the next quote, and a
 * backslash the comma behind it, across entries. So two harmless entries could make an unchecked "remount"
 * or "bind". Quotes and backslashes pass only where both readings are the same.
 */
import { ShortText } from './schemaText';

/**
 * Quotes only around the whole value of an SELinux context, backslashes only before the separators of
 * overlayfs (`lowerdir=/a\:b`, whose kernel side takes them away).
 */
const readAlike = /^(?:[^"\\]|\\[:,]|(?<=(?:^|,)(?:fs|def|root)?context=)"[^"\\]*"(?=,|$))*$/;

/** To mount(8) "remount=" is "remount". */
const emptyValue = /=(?=,|$)/;

/** Offered where one is typed. */
const usual = [
  ...['ro', 'rw', 'nosuid', 'nodev', 'noexec', 'noatime', 'relatime', 'bind', 'rbind'],
  ...['private', 'rprivate', 'slave', 'rslave', 'mode=0755', 'size=64m', 'rro', 'tmpcopyup'],
  ...['newinstance', 'ptmxmode=0666', 'lowerdir=/lower', 'upperdir=/upper/files'],
  'workdir=/upper/index',
];

export const MountOption = ShortText.min(1)
  .regex(readAlike, 'must not contain quotes or backslashes, which could hide another option')
  .refine((text) => !emptyValue.test(text), 'must not end with "=", which mount(8) overlooks')
  .meta({ examples: usual });

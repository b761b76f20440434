/**
 * Says whether a name will do for a new container: it becomes a folder and a host name, so it keeps
 * to what both take. Called while the person types, and again by `scaffold`.
 */
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** Below HOST_NAME_MAX (64, gethostname(2)); also the length of a DNS label. */
const maxLength = 63;

/** @returns what is wrong with it, as a sentence to show; undefined where it will do */
export function validateName(name: string): string | undefined {
  if (name === '') return 'Give the container a name.';
  if (name.length > maxLength) return `A name has at most ${maxLength} characters.`;
  if (/^[.-]/.test(name)) return 'A name starts with a letter or a digit.';
  if (name.includes('/')) return 'A name cannot contain "/": it is a single folder.';
  const bad = /[^A-Za-z0-9._-]/u.exec(name)?.[0];
  if (bad === ' ') return 'A name cannot contain spaces: it is also the host name.';
  if (bad !== undefined)
    return `A name consists of letters a–z, digits, "-", "_" and "."; "${escapeControlCharacters(bad)}" is none of these.`;
  if (name.startsWith('_')) return 'A name starts with a letter or a digit.';
  return undefined;
}

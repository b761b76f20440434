/**
 * An entry of a baseline, and the order in which they stand: a folder is followed by all that is in it. Names are not
 * always UTF-8, so a path is kept with a character for each byte ('latin1').
 */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { TerrariumError } from '../../core/errors';
import type { FileLetter } from '../../protocol/layer';

export interface Entry {
  /** Relative; `.` for the rootfs itself. */
  readonly path: string;
  readonly type: FileLetter;
  /** Without the type. */
  readonly mode: number;
  /** As the machine counts; undefined for an id that is not mapped where the entry was read. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Of a regular file; else 0. */
  readonly size: number;
  /** Seconds, a dot and nanoseconds. */
  readonly mtime: string;
  /** As `mtime`; undefined where it does not prove that the content is the same. */
  readonly ctime: string | undefined;
  readonly inode: string;
  /** Target of a link. */
  readonly link: string | undefined;
  /** Number of a device node. */
  readonly device: string | undefined;
  /** Hexadecimal SHA-256 digest; undefined where the content was not read. */
  readonly sha256: string | undefined;
  /** Hexadecimal SHA-256 digest of its extended attributes (attributes.ts); '' for none, undefined where not known. */
  readonly attributes: string | undefined;
  /** Where its text begins among those that are kept. */
  readonly text: number | undefined;
  /** A folder that could not be looked into. */
  readonly isClosed: boolean;
}

/** Folders above each other; bytes of a path; entries of one rootfs. */
export const [deepest, longestPath, mostEntries] = [400, 16_384, 500_000] as const;

/** For `<`: a slash stands before every character that a name may have. */
export function orderOf(path: string): string {
  return path === '.' ? '' : path.replaceAll('/', '\0');
}

/** Whether it is that path, or lies below it. */
export function isAtOrBelow(path: string, top: string): boolean {
  return top === '.' || path === top || (path.startsWith(top) && path[top.length] === '/');
}

/** For messages, which are UTF-8. */
export function shownPath(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

export function tooLarge(rootfs: string): TerrariumError {
  return new TerrariumError(
    'baseline-too-large',
    `${escapeControlCharacters(rootfs)} has more than ${mostEntries} files, or folders that are too deep for a baseline.`,
    'Look at changes on a scratch layer: that compares only what is changed (“Start on a Scratch Layer”).',
  );
}

/** What is wrong with a file of a rootfs. Made by checkRootfs.ts and what it calls. */
import type { RootfsFault as Told } from '../../protocol/rootfsCheck';

/**
 * `error` where a program cannot start, `information` where it may be meant. The message says what and why in one or
 * two sentences, safe to show.
 */
export interface RootfsFault extends Told {
  readonly code: RootfsFaultCode;
}

export type RootfsFaultCode =
  | 'library-missing'
  | 'library-foreign'
  | 'library-uncached'
  | 'loader-missing'
  | 'program-foreign'
  | 'interpreter-missing'
  | 'script-crlf'
  | 'link-dangling'
  | 'world-writable'
  | 'owner-unnamed'
  | 'shell-missing'
  | 'passwd-missing'
  | 'mount-point-blocked'
  | 'command-unfit';

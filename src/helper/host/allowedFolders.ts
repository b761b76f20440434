/** What `--rootfs-below` says: the folders that a rootfs outside of its bundle may lie below. Called by the commands. */
import path from 'node:path';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { personOf } from './gatherFacts';

/** @param words as given; a relative one starts at the working directory, and its links are the kernel's to follow */
export function allowedFolders(words: readonly string[] = []): AllowedFolders | undefined {
  if (words.length === 0) return undefined;
  const folders = words.map((word) =>
    path.isAbsolute(word) ? word : `${process.cwd().replace(/\/$/, '')}/${word}`,
  );
  return { folders, person: personOf(process.env).uid };
}

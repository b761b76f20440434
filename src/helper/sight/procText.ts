/** Reads files of /proc for a snapshot, bounded; what the kernel does not tell is noted and no error. */
import { open, readlink } from 'node:fs/promises';
import { readAt } from '../../core/fs/readBounded';
import { isUntold } from '../processes/ProcFiles';

/** Notes why a field of a snapshot is absent: the errno, or another short reason. */
export class UntoldFields {
  readonly #reasons = new Map<string, string>();

  /** The first reason of a field counts. */
  note(field: string, reason: string): undefined {
    if (!this.#reasons.has(field)) this.#reasons.set(field, reason);
    return undefined;
  }

  /** @returns undefined where /proc has nothing to tell @throws Error for every other reason */
  async ask<T>(field: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!isUntold(error)) throw error;
      return this.note(field, error.code);
    }
  }

  get list(): { readonly field: string; readonly reason: string }[] {
    return [...this.#reasons].map(([field, reason]) => ({ field, reason }));
  }
}

/**
 * @param limit bytes after which the rest is left out
 * @throws Error of open(2) and read(2)
 */
export async function readProc(file: string, limit: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    return await readAt(handle, 0, limit);
  } finally {
    await handle.close();
  }
}

/** The number in `pid:[4026531836]` (namespaces(7)). @throws Error of readlink(2) */
export async function namespaceInode(pid: number | 'self', file: string): Promise<string> {
  return (await readlink(`/proc/${pid}/ns/${file}`)).replace(/\D/g, '');
}

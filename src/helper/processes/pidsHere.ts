/** The processes that this helper's own /proc lists. Used by what looks at all of them, without a ReaderThread. */
import { readdir } from 'node:fs/promises';

export async function pidsHere(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

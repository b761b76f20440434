/** The processes that this helper's own /proc lists. Used by what looks at all of them, without a ReaderThread. */
import { promises as files } from 'node:fs';

export async function pidsHere(): Promise<number[]> {
  return (await files.readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

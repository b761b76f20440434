/** The mounts that this process sees. Read once for a start, and once more by what looks before "go". */
import { readFile } from '../fs/files';
import { type MountEntry, parseMountinfo } from './parseMountinfo';

export async function ownMounts(): Promise<readonly MountEntry[]> {
  const text = await readFile('/proc/self/mountinfo');
  if (!last?.text.equals(text)) last = { text, mounts: parseMountinfo(text) };
  return last.mounts;
}

/** A machine has the same ones for most of the time. */
let last: { readonly text: Buffer; readonly mounts: readonly MountEntry[] } | undefined;

/** The mounts that this process sees. Read once for a start, and once more by what looks before "go". */
import { readFile } from '../fs/files';
import { type MountEntry, parseMountinfo } from './parseMountinfo';

export async function ownMounts(): Promise<MountEntry[]> {
  return parseMountinfo(await readFile('/proc/self/mountinfo'));
}

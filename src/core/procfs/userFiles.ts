/**
 * /proc/PID/uid_map, gid_map and setgroups. A kernel without user namespaces (CONFIG_USER_NS) has none of them: there
 * everybody is who they are, as in the first namespace of any other kernel.
 */
import { readFile } from '../fs/files';
import { codeOf } from '../fs/codeOf';

const first = { uid_map: '0 0 4294967295\n', gid_map: '0 0 4294967295\n', setgroups: 'allow\n' };

/** @param pid of a process that is known to be there: of one that is gone the file is missing too */
export async function readUserFile(
  name: keyof typeof first,
  pid: number | 'self' = 'self',
): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${name}`, 'latin1');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return first[name];
    throw error;
  }
}

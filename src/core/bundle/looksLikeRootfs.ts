/** Is a folder a root filesystem? Called by discovery, by the Explorer's "Start as Container" and by the helper. */
import { realpath } from '../fs/files';
import { statInside } from '../fs/openInside';

/** Has a shell where a root filesystem has it; `/` itself is the host's and none. */
export async function looksLikeRootfs(folder: string): Promise<boolean> {
  const root = await realpath(folder).catch(() => undefined); // not there, or not for us to see
  if (root === undefined || root === '/') return false;
  for (const shell of ['/bin/sh', '/usr/bin/sh'])
    if ((await statInside(root, shell)) !== undefined) return true;
  return false;
}

/** Is a folder a root filesystem? Called by discovery, by the Explorer's "Start as Container" and by the helper. */
import path from 'node:path';
import { resolveInside } from './resolveInside';

/** Has a shell where a root filesystem has it; `/` itself is the host's and none. */
export async function looksLikeRootfs(folder: string): Promise<boolean> {
  const root = path.resolve(folder);
  if (root === '/') return false;
  for (const shell of ['/bin/sh', '/usr/bin/sh'])
    if ((await resolveInside(root, shell)) !== undefined) return true;
  return false;
}

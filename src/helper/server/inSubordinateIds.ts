/** Runs this very program where the ids of a rootless container count. Used by deleteBundle.ts. */
import { findTool } from '../launch/hostTools';
import { runTool } from '../launch/runTool';

/**
 * Files that a rootless container made belong to its user's subordinate ids: only root of a user
 * namespace that has them may change these (user_namespaces(7), subuid(5)).
 * @param words of `helper.js`
 * @param cwd its working directory
 * @returns whether it was possible and went well
 */
export async function inSubordinateIds(words: readonly string[], cwd: string): Promise<boolean> {
  const unshare = findTool('unshare');
  const env = findTool('env');
  if (!unshare || !env) return false;
  const electron = process.versions.electron === undefined ? [] : ['ELECTRON_RUN_AS_NODE=1'];
  const { failed } = await runTool(
    unshare,
    [
      ...['--user', '--map-root-user', '--map-auto', '--', env, ...electron],
      ...[process.execPath, process.argv[1]!, ...words],
    ],
    { cwd },
  );
  return !failed;
}

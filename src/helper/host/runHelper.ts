/** Runs this very program for one task, in a process of its own: what reads, changes or removes a tree. */
import { findTool } from './hostTools';
import { runTool } from '../../core/fs/runTool';

/**
 * @param words of `helper.js`
 * @param cwd its working directory
 * @returns as runTool
 */
export function runHelper(
  words: readonly string[],
  cwd: string,
): Promise<{ readonly failed: boolean; readonly said: string }> {
  const [program, ...rest] = commandOf(words);
  return runTool(program, rest, { cwd });
}

/**
 * Files that a rootless container made belong to its user's subordinate ids: only root of a user
 * namespace that has them may change these (user_namespaces(7), subuid(5)).
 * @returns its output; undefined where it could not be run, or failed
 */
export async function inSubordinateIds(
  words: readonly string[],
  cwd: string,
): Promise<string | undefined> {
  const unshare = findTool('unshare');
  if (!unshare) return undefined;
  const flags = ['--user', '--map-root-user', '--map-auto', '--'];
  const { failed, said } = await runTool(unshare, [...flags, ...commandOf(words)], { cwd });
  return failed ? undefined : said;
}

/** Adds ELECTRON_RUN_AS_NODE; runTool passes no environment on. */
export function commandOf(words: readonly string[]): [string, ...string[]] {
  const own = [process.execPath, process.argv[1]!, ...words] as const;
  const env = findTool('env');
  return process.versions.electron === undefined || !env
    ? [...own]
    : [env, 'ELECTRON_RUN_AS_NODE=1', ...own];
}

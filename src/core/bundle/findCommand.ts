/** Looks up a container's command in its rootfs as execvp(3) would, for `checkCommand`. */
import type { Stats } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../config/schema';
import { type MountedAt, lookBudget } from '../fs/lookBudget';
import { statInside } from '../fs/openInside';

/** Folders of PATH that are looked through; each look costs several system calls. */
const maxFolders = 1000;

export type FoundCommand =
  | { readonly kind: 'found'; readonly inside: string }
  | { readonly kind: 'missing'; readonly tried: readonly string[] }
  /** There is no PATH, and the shell that waits as PID 1 searches nowhere without one. */
  | { readonly kind: 'no-path' }
  /** PATH names more folders, or longer ways, than are looked through. */
  | { readonly kind: 'unending' }
  | { readonly kind: 'not-executable'; readonly inside: string; readonly reason: string }
  /** It may come with a mount that nothing is known of before. */
  | { readonly kind: 'hidden' };

/**
 * @param mounted what a start will have mounted
 * @param signal ends it; what it throws then is the signal's reason
 */
export async function findCommand(
  rootfs: string,
  { args, cwd, env }: OciConfig['process'],
  mounted: MountedAt,
  signal?: AbortSignal,
): Promise<FoundCommand> {
  const [command] = args;
  const searched = pathOf(env);
  if (searched === undefined && !command.includes('/')) return { kind: 'no-path' };
  const folders = (searched ?? '').split(':', maxFolders + 1);
  if (folders.length > maxFolders && !command.includes('/')) return { kind: 'unending' };
  const tried = placesOf({ args, cwd, env });

  let refused: FoundCommand | undefined;
  const budget = lookBudget(signal, mounted);
  for (const inside of tried) {
    const stat = await statInside(rootfs, inside, budget);
    if (budget.isUnknown) return { kind: 'hidden' };
    if (budget.left < 0) return { kind: 'unending' };
    if (stat === undefined) continue;
    const reason = whyNotExecutable(stat);
    if (reason === undefined) return { kind: 'found', inside };
    // As execvp(3): go on searching, and remember that there was something.
    refused ??= { kind: 'not-executable', inside, reason };
  }
  return refused ?? { kind: 'missing', tried };
}

/** Where execvp(3) looks for it, as paths inside, in that order. */
export function placesOf({
  args: [command],
  cwd,
  env,
}: Pick<OciConfig['process'], 'args' | 'cwd' | 'env'>): string[] {
  if (command.includes('/')) return [path.posix.resolve(cwd, command)];
  const folders = (pathOf(env) ?? '').split(':', maxFolders);
  return [...new Set(folders.map((folder) => path.posix.resolve(cwd, folder, command)))];
}

/** The last one counts: that is what a shell makes of a doubled variable. */
function pathOf(env: readonly string[]): string | undefined {
  return env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length);
}

/** @returns what stands between execve(2) and this file, undefined where nothing does */
export function whyNotExecutable(stat: Stats): string | undefined {
  if (stat.isDirectory()) return 'is a folder';
  if (!stat.isFile()) return 'is not a regular file';
  // Even root needs one execute bit (capabilities(7), CAP_DAC_OVERRIDE).
  return (stat.mode & 0o111) === 0 ? 'is not executable' : undefined;
}

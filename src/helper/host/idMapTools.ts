/**
 * Whether newuidmap(1) and newgidmap(1) can write id maps. Checked before a rootless start, and by the
 * doctor.
 */
import { execFile, spawn } from 'node:child_process';
import { constants, statSync } from 'node:fs';
import { messageOf } from '../../core/errors';
import type { IdMapTools } from '../../core/sequence/findIdMapTools';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { findTool, hostEnvironment } from './hostTools';
import { withoutStreams } from './withoutStreams';

/** Setuid root. They may have file capabilities instead, which only a try shows. */
export function areSetuid({ uid, gid }: IdMapTools): boolean {
  return [uid, gid].every((file) => {
    const { mode, uid: owner } = statSync(file);
    return (mode & constants.S_IFMT) === constants.S_IFREG && (mode & 0o4000) !== 0 && owner === 0;
  });
}

export interface WantedIds {
  readonly uid: number;
  readonly gid: number;
  readonly subuid: { readonly start: number };
  readonly subgid: { readonly start: number };
}

/** How long a try may take, in milliseconds. */
const within = 10_000;

/**
 * Each maps one further id into a temporary user namespace.
 * @returns the standard error of the tool that failed, safe to show; undefined where both succeed
 */
export async function tryIdMapTools(
  tools: IdMapTools,
  { uid, gid, subuid, subgid }: WantedIds,
): Promise<string | undefined> {
  const unshare = findTool('unshare');
  if (!unshare) return 'there is no unshare';
  // Waits for end of file, so it ends with the helper.
  const waiting = spawn(unshare, ['--user', '--', '/bin/sh', '-c', 'echo ready; read -r _'], {
    ...{ cwd: '/', env: hostEnvironment, stdio: ['pipe', 'pipe', 'ignore'], timeout: within },
  });
  const missing = withoutStreams(waiting);
  if (missing) return missing.catch(messageOf);
  waiting.stdin.on('error', () => undefined); // it has ended
  try {
    const isUp = await new Promise<boolean>((resolve) => {
      waiting.once('error', () => resolve(false));
      waiting.once('exit', () => resolve(false));
      waiting.stdout.once('data', () => resolve(true));
    });
    if (!isUp) return 'no user namespace could be made';
    for (const [tool, own, sub] of [
      [tools.uid, uid, subuid],
      [tools.gid, gid, subgid],
    ] as const) {
      const words = [waiting.pid!, 0, own, 1, 1, sub.start, 1].map(String);
      const refusal = await refusalOf(tool, words);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  } finally {
    waiting.stdin.end();
    waiting.kill('SIGKILL');
  }
}

/** By Node alone: `run` has no library where a start asks for this. */
function refusalOf(tool: string, words: readonly string[]): Promise<string | undefined> {
  const options = { cwd: '/', env: hostEnvironment, timeout: within };
  return new Promise((resolve) => {
    execFile(tool, words, options, (error, stdout, stderr) => {
      const [said = ''] = `${stdout}${stderr}`.split('\n');
      resolve(error ? escapeControlCharacters(said.trim()) || `${tool} failed` : undefined);
    });
  });
}

/** The command of a further shell in a container that a runtime started. Used by sessionArgv.ts. */
import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../core/bundle/loadBundle';
import type { OciConfig } from '../../core/config/schema';
import { findTool } from '../launch/hostTools';
import type { SessionUser } from '../launch/sessionUser';
import type { RuntimeHandle } from './launchRuntime';
import { runtimeText } from './runtimeConfig';

/** What a session is beyond the `process` of config.json. */
export interface RuntimeSession {
  readonly command: readonly string[];
  readonly user: SessionUser;
  readonly cwd: string;
  /** `NAME=value`, all of them. */
  readonly env: readonly string[];
}

/** Those of PID 1 where config.json has none: that of both runtimes, and the kernel's own. */
const [usualUmask, usualScore] = [0o022, 0];

/** runc sets no umask for `exec` before 1.2, and crun no score: both are inherited. */
const begin = 'umask "$1" && echo "$2" >/proc/self/oom_score_adj && shift 2 && exec "$@"';

/**
 * `exec` with a whole process document: with words alone crun takes over the environment of config.json
 * and nothing else of its `process`. In a file, because words of a command are for everybody to read
 * (proc_pid_cmdline(5)).
 */
export async function runtimeSession(
  { name, id, supervisor, folder }: RuntimeHandle,
  bundle: Bundle,
  session: RuntimeSession,
): Promise<string[]> {
  const file = await processFile(folder, processDocument(bundle, session));
  const { user, oomScoreAdj = usualScore } = bundle.config.process;
  const umask = (user.umask ?? usualUmask).toString(8).padStart(4, '0');
  // The runtime knows PIDs as its own namespace counts them.
  const enter =
    supervisor === undefined
      ? []
      : [findTool('nsenter')!, `--target=${supervisor}`, '--pid', '--mount', '--'];
  const first = ['/bin/sh', '-c', begin, 'sh', umask, String(oomScoreAdj)];
  return [...first, ...enter, findTool(name)!, 'exec', '--process', file, id];
}

function processDocument(bundle: Bundle, { command, user, cwd, env }: RuntimeSession): object {
  const document = (bundle.document ?? bundle.config) as Partial<OciConfig>;
  const { uid, gid, groups } = user;
  return {
    ...document.process,
    ...{ args: command, cwd, env, terminal: true },
    user: {
      ...document.process?.user,
      ...{ uid, gid, additionalGids: groups.length > 0 ? groups : undefined },
    },
  };
}

/** One for all sessions that are the same; they go with the folder when the container has ended. */
async function processFile(folder: string, document: object): Promise<string> {
  const text = runtimeText(document);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const file = path.join(folder, `process-${name}.json`);
  const draft = `${file}.${process.hrtime.bigint()}`; // two may be opened at once
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
  return file;
}

/** The command of a further shell in a container that a runtime started. Called through Engine.ts. */
import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { OciConfig } from '../../../core/config/schema';
import type { RuntimeName } from '../../../core/config/engine';
import { findTool, hostEnvironment } from '../../host/hostTools';
import { withContainerFsTimeout } from '../shared/withContainerFsTimeout';
import { sessionProgram } from '../shared/sessionProgram';
import type { LaunchedContainer, SessionCommand, SessionRequest } from '../shared/Engine';
import { personalEnvironment } from './personalEnvironment';
import { runtimeText } from './runtimeConfig';

/** What `exec` needs to find a container of a runtime. */
export interface RuntimeHandle {
  readonly name: RuntimeName;
  readonly id: string;
  /** Host PID of the runtime, where it has a PID namespace of its own. */
  readonly supervisor: number | undefined;
  /** Owned by the helper's user; removed with the container. */
  readonly folder: string;
}

/** Defaults of PID 1: the umask of both runtimes, and the kernel's oom_score_adj. */
const [usualUmask, usualScore] = [0o022, 0];

/** runc before 1.2 sets no umask for `exec`, and crun no oom_score_adj: both are inherited. */
const begin = 'umask "$1" && echo "$2" >/proc/self/oom_score_adj && shift 2 && exec "$@"';

/**
 * `exec --process FILE`: with arguments alone crun takes over the environment of config.json and nothing
 * else of its `process`. A file, because every user can read arguments (proc_pid_cmdline(5)).
 */
export async function runtimeSession(
  { name, id, supervisor, folder }: RuntimeHandle,
  container: LaunchedContainer,
  session: SessionRequest,
): Promise<SessionCommand> {
  const { bundle } = container;
  const { command, cwd, variables, looks } = session;
  await withContainerFsTimeout(container, () =>
    sessionProgram(container, command, cwd, variables.all, looks),
  );
  const file = await processFile(folder, processDocument(bundle, session));
  const { user, oomScoreAdj = usualScore } = bundle.config.process;
  const umask = (user.umask ?? usualUmask).toString(8).padStart(4, '0');
  // The runtime's state has the PIDs of its own PID namespace.
  const enter =
    supervisor === undefined
      ? []
      : [findTool('nsenter')!, `--target=${supervisor}`, '--pid', '--mount', '--'];
  const first = ['/bin/sh', '-c', begin, 'sh', umask, String(oomScoreAdj)];
  const own = process.geteuid!() === 0 ? {} : await personalEnvironment();
  return {
    argv: [...first, ...enter, findTool(name)!, 'exec', '--process', file, id],
    env: { ...hostEnvironment, ...own },
    // The runtime makes the session and the terminal inside.
    ...{ leads: false, ownErrors: false },
  };
}

function processDocument(
  bundle: Bundle,
  { command, user, cwd, variables }: SessionRequest,
): object {
  const document = (bundle.document ?? bundle.config) as Partial<OciConfig>;
  const { uid, gid, groups } = user;
  return {
    ...document.process,
    ...{ args: command, cwd, env: variables.all, terminal: true },
    user: {
      ...document.process?.user,
      ...{ uid, gid, additionalGids: groups.length > 0 ? groups : undefined },
    },
  };
}

/** One file for all equal documents; removed with the folder when the container has ended. */
async function processFile(folder: string, document: object): Promise<string> {
  const text = runtimeText(document);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const file = path.join(folder, `process-${name}.json`);
  const draft = `${file}.${process.hrtime.bigint()}`; // two sessions may start at once
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
  return file;
}

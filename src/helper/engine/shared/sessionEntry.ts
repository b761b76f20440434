/**
 * The end of a session's command, which runs programs of the container: its shell changes to the folder, and
 * its setsid(1) makes the program a session leader on its terminal. A program of the host could do neither
 * (see builtinSession.ts). Otherwise the leader would be a host process, whose process group has no id
 * inside: dash could not give the terminal back, and `kill 0` or Ctrl+\ would end the session's host process.
 */
import { CommandError } from '../../../core/bundle/checkCommand';
import { readInside } from '../../../core/fs/openInside';
import type { LaunchedContainer } from './Engine';
import type { SessionEnvironment } from './sessionEnvironment';
import { liveRoot, sessionProgram } from './sessionProgram';

export interface SessionEntry {
  /** Absolute program first, as a path inside. */
  readonly argv: readonly string[];
  /** Whether it becomes a session leader and opens its controlling terminal. */
  readonly leads: boolean;
  /** Whether it sets its standard error to the terminal: until then 2 is the host programs'. */
  readonly ownErrors: boolean;
  /** What these words need in the environment, and take out of it. */
  readonly env: readonly string[];
  /** Set where it cannot go to its folder. */
  readonly staysInRoot: boolean;
}

const shell = '/bin/sh';

/** BusyBox has a table of its applets' names; it is a few MiB at most. */
const maxBusyboxBytes = 8 * 1024 * 1024;

/**
 * @param command its first word is looked up in the container's PATH
 * @throws CommandError where the program is not there to be run
 */
export async function sessionEntry(
  container: LaunchedContainer,
  command: readonly string[],
  cwd: string,
  env: SessionEnvironment,
): Promise<SessionEntry> {
  const found = await sessionProgram(container, command, cwd, env.all);
  const hasShell = (await optional(container, shell, env.all)) !== undefined;
  const setsid = await setsidCommand(container, env.all);
  if (!hasShell || (cwd === '/' && !env.forShells))
    return {
      argv: [...setsid, found, ...command.slice(1)],
      leads: setsid.length > 0,
      ownErrors: false,
      env: [],
      staysInRoot: cwd !== '/',
    };
  const names = freeNames(env);
  return {
    argv: [shell, '-c', script(names, env.all), 'sh', cwd, ...setsid, found, ...command.slice(1)],
    leads: setsid.length > 0,
    ownErrors: true,
    env: env.late.map((variable, index) => `${names[index]}=${variable}`),
    staysInRoot: false,
  };
}

/** Made of names of ours alone: nothing of a bundle becomes shell text. */
function script(names: readonly string[], env: readonly string[]): string {
  const has = (name: string) => env.some((variable) => variable.startsWith(`${name}=`));
  // What shells set themselves.
  const forgotten = [...names, ...['PWD', 'OLDPWD', 'SHLVL'].filter((name) => !has(name))];
  return [
    'exec 2>&1',
    '[ "$1" = / ] || cd "$1"',
    'shift',
    ...names.map((name) => `export "$${name}"`),
    `unset ${forgotten.join(' ')}`,
    'exec "$@"',
  ].join('\n');
}

function freeNames({ all, late }: SessionEnvironment): string[] {
  const taken = new Set(all.map((variable) => variable.split('=', 1)[0]));
  let number = 0;
  return late.map(() => {
    do number++;
    while (taken.has(`TERRARIUM_LATE_${number}`));
    return `TERRARIUM_LATE_${number}`;
  });
}

/** The container's setsid(1), or its BusyBox's without a link of that name; none where it has none. */
async function setsidCommand(container: LaunchedContainer, env: readonly string[]) {
  for (const name of ['setsid', '/usr/bin/setsid', '/bin/setsid']) {
    const found = await optional(container, name, env);
    if (found !== undefined) return [found, '-c'];
  }
  const busybox = await optional(container, '/bin/busybox', env);
  return busybox !== undefined && (await hasApplet(container, busybox, 'setsid'))
    ? [busybox, 'setsid', '-c']
    : [];
}

async function optional(
  container: LaunchedContainer,
  program: string,
  env: readonly string[],
): Promise<string | undefined> {
  try {
    return await sessionProgram(container, [program], '/', env);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

async function hasApplet({ hostPid }: LaunchedContainer, busybox: string, name: string) {
  const bytes = await readInside(liveRoot(hostPid), busybox, maxBusyboxBytes);
  return bytes?.includes(`\0${name}\0`) ?? false;
}

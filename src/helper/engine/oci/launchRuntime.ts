/**
 * Starts a bundle under an installed runtime (`dev.terrarium.engine`): runc or crun makes the container.
 * The helper provides the terminal, finds PID 1 and waits for the exit. Called by runtimeEngine.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { constants as os } from 'node:os';
import path from 'node:path';
import { ExecaError, execa } from 'execa';
import type { Emulation } from '../../../core/bundle/emulation';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { RuntimeName } from '../../../core/config/engine';
import { isSystemInit } from '../../../core/config/systemInit';
import { TerrariumError, messageOf } from '../../../core/errors';
import { stepInfo } from '../../../core/sequence/commandLine';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { unlessStarterEnded } from '../../../core/sequence/unlessStarterEnded';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { ContainerExit } from '../../../protocol/container';
import { onTerminal } from '../../console/pty/onTerminal';
import { openFilesCommand } from '../../host/openFilesCommand';
import { callerStdio, copyStdio } from '../../console/callerStdio';
import { containerExit, rebootOrCode } from '../shared/containerExit';
import { findTool, hostEnvironment, requireTools } from '../../host/hostTools';
import { killIfAlive } from '../../host/killIfAlive';
import { outOfMemory } from '../shared/outOfMemory';
import { startCancelled } from '../shared/startCancelled';
import type { LaunchOptions, LaunchedContainer } from '../shared/Engine';
import { deathWatch } from './deathWatch';
import { requireOwnCgroup } from './requireOwnCgroup';
import { unmadeCgroups, recordCgroups, removeRecordedCgroups } from './runtimeCgroups';
import { childWith, onlyChild, pidWritten } from './runtimePid';
import { personalEnvironment } from './personalEnvironment';
import { aroundRuntime, runtimeConfig, runtimeText } from './runtimeConfig';
import { requireReachable } from './runtimeNamespaces';
import { RuntimeErrors } from './RuntimeErrors';
import { makeRuntimeFolder, otherStarter, runtimeId } from './runtimeFolder';
import { runtimeSession } from './runtimeSession';
import { openRuntimeProcfs } from './runtimeProcfs';
import { type RuntimeMemory, runtimeMemory } from './runtimeMemory';

/** What a start has made: used by its run, removed after it. */
interface Prepared {
  readonly name: RuntimeName;
  readonly program: string;
  readonly id: string;
  readonly root: boolean;
  readonly env: Record<string, string>;
  /** Holds the config.json that the runtime reads. */
  readonly folder: string;
  readonly memory: RuntimeMemory | undefined;
  readonly emulation: Emulation | undefined;
}

/**
 * @throws TerrariumError `cancelled`, `tool-missing`, `runs-already`, `namespace-path`, `cgroup-not-empty`,
 *   `runtime-failed` with the runtime's message
 */
export async function launchRuntime(
  name: RuntimeName,
  bundle: Bundle,
  facts: HostFacts,
  options: LaunchOptions,
): Promise<LaunchedContainer> {
  requireTools([name, 'setpriv', 'unshare', 'nsenter', 'prlimit']);
  const program = findTool(name)!;
  const id = runtimeId(bundle.path);
  const root = facts.privilege === 'root';
  if (root) requireReachable(name, bundle);
  const personal: Record<string, string> = root ? {} : await personalEnvironment();
  const env = { ...hostEnvironment, ...personal };
  const forget = async () =>
    void (await execa(program, ['delete', '--force', id], { env, extendEnv: false }));
  let memory: RuntimeMemory | undefined;
  let isOurs = false;
  // Made before the check for others: of two concurrent starts at least one sees the other.
  const folder = await makeRuntimeFolder(bundle.path);
  const warnOf = (left: unknown) => options.onWarning?.(messageOf(left));
  const takeAway = async () => {
    await memory?.remove().catch(warnOf);
    await removeRecordedCgroups(folder).catch(warnOf);
    await rm(folder, { recursive: true, force: true }); // last: a sweep finds the rest by it
  };
  try {
    const other = await otherStarter(bundle.path);
    if (other !== undefined) throw runsAlready(bundle, other);
    // A killed helper may have left the runtime's state, and a runtime refuses an id twice.
    await forget().catch(unlessRuntimeFailed); // `run` reports what is in its way
    const states = path.join(personal.XDG_RUNTIME_DIR ?? '/run', 'runc');
    await requireOwnCgroup(bundle);
    memory = await runtimeMemory(name, bundle, facts, { id, forget, states });
    const { cgroupsPath = id } = { ...bundle.config.linux, ...memory };
    await recordCgroups(folder, await unmadeCgroups(cgroupsPath));
    const terminal = options.terminal !== undefined && bundle.config.process.terminal !== false;
    await writeFile(
      path.join(folder, 'config.json'),
      runtimeText(runtimeConfig(bundle, facts, terminal, memory?.cgroupsPath)),
    );
    const { emulation } = facts;
    const prepared = { name, program, id, root, env, folder, memory, emulation };
    isOurs = true;
    return await runPrepared(prepared, bundle, options, takeAway);
  } catch (error) {
    // A killed runtime leaves its state. The runtime and its container have ended.
    if (isOurs) await forget().catch(unlessRuntimeFailed);
    await takeAway();
    throw error;
  }
}

function unlessRuntimeFailed(error: unknown): void {
  if (!(error instanceof ExecaError)) throw error;
}

/** @param takeAway called when the container has ended, not for a failed start */
async function runPrepared(
  prepared: Prepared,
  bundle: Bundle,
  options: LaunchOptions,
  takeAway: () => Promise<void>,
): Promise<LaunchedContainer> {
  const { name, id, root, memory, emulation } = prepared;
  const info = stepInfo({
    id: 'engine',
    where: 'host',
    ...{ kind: 'execute', args: [name, 'run', '--bundle', bundle.path, id] },
    why: `Hand the bundle over to ${name}, which makes the container in its own way`,
  });
  options.onStep?.(info, 'start');
  const runtime = spawnRuntime(prepared, bundle, options.terminal?.place);
  const { child } = runtime;
  const onAbort = () => void (runtime.over || child.kill('SIGKILL'));
  options.signal?.addEventListener('abort', onAbort);
  try {
    const written = await pidWritten(
      pidFileIn(prepared),
      () => runtime.over || options.signal?.aborted === true,
    );
    const supervisor = root && child.pid !== undefined ? await onlyChild(child.pid) : undefined;
    const hostPid =
      written === undefined ? undefined : root ? await childWith(supervisor, written) : written;
    if (written === undefined || options.signal?.aborted) {
      onAbort();
      const end = await runtime.ended;
      if (options.signal?.aborted) throw startCancelled(bundle);
      throw notStarted(name, bundle, end, (await runtime.errors?.words()) ?? '');
    }
    runtime.errors?.release();
    // The PID file was written, so PID 1 has run, and it has exited already.
    if (hostPid === undefined) await runtime.ended;
    runtime.errors?.release();
    options.onStep?.(info, 'done');
    const procfs =
      hostPid === undefined ? undefined : await openRuntimeProcfs(bundle, hostPid, options.signal);
    let killed = false;
    const handle = { name, id, supervisor, folder: prepared.folder };
    const container: LaunchedContainer = {
      bundle,
      hostPid: hostPid ?? child.pid!,
      procfs,
      ...(emulation ? { emulation } : {}),
      session: (request) => runtimeSession(handle, container, request),
      exited: runtime.ended.then(async ({ exitCode, signal }) => {
        if (procfs !== undefined) closeSync(procfs);
        const ended = containerExit(bundle.name, exitCode, signal, runtime.errors?.tail ?? '');
        const exit = isSystemInit(bundle.config) ? rebootOrCode(bundle.name, ended) : ended;
        const kills = await memory?.kills().catch((unknown: unknown) => {
          options.onWarning?.(messageOf(unknown));
          return 0;
        });
        await takeAway();
        return kills ? outOfMemory(bundle, plainly(bundle, exit), kills, killed) : exit;
      }),
      signal: (signal) => {
        if (runtime.over || hostPid === undefined) return;
        killed ||= signal === 'SIGKILL';
        killIfAlive(hostPid, signal); // the runtime cleans up for a while after PID 1's exit
      },
    };
    return container;
  } catch (error) {
    onAbort(); // the payload may run already
    await runtime.ended;
    throw error;
  }
}

function pidFileIn({ folder }: Prepared): string {
  return path.join(folder, 'pid');
}

interface RuntimeProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<{ exitCode?: number; signal?: string }>;
  readonly over: boolean;
  /** undefined where standard error is a terminal. */
  readonly errors: RuntimeErrors | undefined;
}

function spawnRuntime(prepared: Prepared, bundle: Bundle, tty: string | undefined): RuntimeProcess {
  const { program, id, root, env, folder, memory } = prepared;
  const [endsWith, ...apart] = aroundRuntime(root, bundle.config).map(([tool, ...words]) => [
    findTool(tool!)!,
    ...words,
  ]);
  const command = [
    ...endsWith!,
    ...unlessStarterEnded(process.pid),
    ...apart.flat(),
    ...openFilesCommand(bundle.config),
    ...[program, 'run', ...(memory?.options ?? []), '--bundle', folder],
    ...['--pid-file', pidFileIn(prepared), id],
  ];
  const argv = tty ? onTerminal(tty, command) : (command as [string, ...string[]]);
  // Runtimes give what they get to the user inside: runc files, crun even the machine's /dev/null.
  const caller = tty ? undefined : callerStdio('pipe');
  const watch = root ? undefined : deathWatch(id, [program, 'delete', '--force', id], env);
  const child = spawn(argv[0], argv.slice(1), {
    cwd: '/',
    env,
    stdio: caller ? [caller.input, caller.output, 'pipe'] : 'ignore',
    detached: true,
  });
  if (child.pid !== undefined) watch?.watch(child.pid);
  if (caller)
    child.once('exit', copyStdio({ input: child.stdin ?? null, output: child.stdout ?? null }));
  const errors = child.stderr ? new RuntimeErrors(child.stderr) : undefined;
  let over = false;
  const ended = new Promise<{ exitCode?: number; signal?: string }>((resolve) => {
    child.once('error', () => resolve({}));
    child.once('exit', (exitCode, signal) =>
      resolve({ ...(exitCode === null ? {} : { exitCode }), ...(signal ? { signal } : {}) }),
    );
  }).then((end) => {
    over = true;
    watch?.disarm();
    return end;
  });
  return {
    ...{ child, ended, errors },
    get over() {
      return over;
    },
  };
}

/** A runtime reports a signal as the exit status 128 + N. */
function plainly({ name }: Bundle, exit: ContainerExit): ContainerExit {
  return exit.code === 128 + os.signals.SIGKILL
    ? containerExit(name, undefined, 'SIGKILL', '')
    : exit;
}

/** Both would have one id, and the second start would end the first. */
function runsAlready({ name }: Bundle, helper: number): TerrariumError {
  return new TerrariumError(
    'runs-already',
    `“${escapeControlCharacters(name)}” is started already: process ${helper} has it.`,
    'Stop it there first, or copy the bundle to have two of it.',
  );
}

function notStarted(
  name: RuntimeName,
  bundle: Bundle,
  { exitCode, signal }: { exitCode?: number; signal?: string },
  printed: string,
): TerrariumError {
  const words = escapeControlCharacters(printed);
  const said = words ? `: ${words.replace(/\.$/, '')}` : '; what it said is above';
  return new TerrariumError(
    'runtime-failed',
    `“${escapeControlCharacters(bundle.name)}” did not start: ${name} ended with ${signal ?? `exit code ${exitCode ?? 1}`}${said}.`,
    /hybrid/.test(printed)
      ? 'This crun wants cgroup v2 alone: use runc or the built-in engine on this machine.'
      : 'Correct config.json, or remove the annotation dev.terrarium.engine for the built-in engine.',
  );
}

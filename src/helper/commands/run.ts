/** `helper.js run [--step] FOLDER [-- COMMAND...]`: a container in the foreground, with the caller's own privilege. */
import { isatty } from 'node:tty';
import { checkCommand } from '../../core/bundle/checkCommand';
import type { Bundle } from '../../core/bundle/loadBundle';
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import { keepConfigs } from '../../core/config/knownConfigs';
import { onLayer } from '../../core/config/scratchLayer';
import { messageOf } from '../../core/errors';
import { callAtOnce } from '../../core/fs/files';
import { startWay } from '../../core/config/startWay';
import type { FolderKind } from '../../protocol/container';
import type { LaunchedContainer } from '../engine/shared/Engine';
import { type StartOptions, launchContainer } from '../engine/launchContainer';
import { engineOf } from '../engine/engineOf';
import { makesCgroup } from '../host/gatherFacts';
import { allowedFolders } from '../host/allowedFolders';
import { closeInherited } from '../host/closeInherited';
import { keptConfigs } from '../host/KeptConfigs';
import { writeError } from '../host/writeError';
import type { Leftover, PidRecords } from '../leftovers/PidRecords';

const ofCommandLine = 'Correct the command after "--", or put an executable program there.';

/** Signals to the helper that are passed on to the payload. */
const passedOn: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/** What the command line says. */
export interface RunCall {
  readonly folder: string;
  /** What the caller says that the folder is. */
  readonly kind: FolderKind | undefined;
  /** Waits for a key before each step. */
  readonly stepwise: boolean;
  /** On a scratch layer, whatever config.json says. */
  readonly layer: boolean;
  /** Where a rootfs may lie outside of its bundle, as given. */
  readonly rootfsBelow?: readonly string[];
  readonly payload: readonly string[];
}

/**
 * Prints nothing of its own to standard output; the steps where it waits before them.
 * @returns the payload's exit status, 128 + N after signal N
 */
export async function run(call: RunCall): Promise<number> {
  const { folder, kind, stepwise, payload: command } = call;
  // Who waits for keys is to be heard also where a file system does not answer.
  callAtOnce(!stepwise);
  const kept = keptConfigs();
  if (kept) keepConfigs(kept);
  // Only that start loads what it takes.
  const byKeys = stepwise ? await import('./launchByKeys') : undefined;
  byKeys?.requireTerminal();
  const given = await loadBundleOrFolder(folder, kind, allowedFolders(call.rootfsBelow));
  const loaded = call.layer ? onLayer(given) : given;
  const bundle =
    command.length > 0 ? withCommand(loaded, command as [string, ...string[]]) : loaded;
  const checked = checkCommand(bundle, command.length > 0 ? { remedy: ofCommandLine } : {});
  checked.catch(() => undefined); // the launch says it, before it makes anything
  const onWarning = (warning: string) => writeError(`terrarium: ${warning}\n`);
  // One warning: the next records fail for the same reason.
  let isUnrecorded = false;
  const unrecorded = (error: unknown) => {
    if (!isUnrecorded) onWarning(`No record of it is kept: ${messageOf(error)}`);
    isUnrecorded = true;
  };
  let found: Promise<PidRecords | void> | undefined;
  const records = () => (found ??= findRecords(endsWithUs(bundle)).catch(unrecorded));
  let left: Leftover = {};
  const record = async (more: Leftover) => {
    left = { ...left, ...more };
    await (await records())?.write([left]).catch(unrecorded);
  };
  let swept: Promise<void> | undefined;
  const sweep = () => (swept ??= sweepNow(onWarning, unrecorded));
  // terrarium-init itself closes what it was not given, so a start by it alone does not wait for this.
  const isPlain = !stepwise && !lendsTerminal(bundle) && endsWithUs(bundle);
  if (!isPlain) closeInherited();
  const launch = async (options: StartOptions) => {
    // Later its warnings would stand in what the container prints there.
    if (options.terminal) setImmediate(() => void sweep());
    const container = await launchContainer(bundle, {
      ...{ checked, onWarning, ...options },
      onCgroup: (cgroups) => record({ cgroups }),
      onPid1: (pid) => record({ pid }),
    });
    if (isPlain) closeInherited();
    void sweep();
    return container;
  };
  try {
    return await (byKeys
      ? inTerminal(
          bundle,
          (options) => byKeys.launchByKeys(bundle, launch, options, onWarning),
          onWarning,
        )
      : toItsEnd(bundle, launch, onWarning));
  } finally {
    await swept;
    await (await found)?.write([]).catch(unrecorded);
  }
}

/** For the sweep of the next helper. Without a folder for records `run` works all the same. */
async function findRecords(isInit: boolean): Promise<PidRecords> {
  return (await import('../leftovers/runRecords')).recordsOfRun(isInit);
}

async function sweepNow(
  onWarning: (warning: string) => void,
  unrecorded: (error: unknown) => void,
): Promise<void> {
  const { announceAlive } = await import('../processes/alive');
  await announceAlive().catch(unrecorded);
  await (await import('../leftovers/sweep')).sweep(onWarning);
}

type Launch = (options: StartOptions) => Promise<LaunchedContainer>;

async function inTerminal(
  bundle: Bundle,
  launch: Launch,
  onWarning: (warning: string) => void,
): Promise<number> {
  // Only a terminal needs node-pty's native module.
  return (await import('./runInTerminal')).runInTerminal(
    launch,
    onWarning,
    engineOf(bundle.config).needsOwnConsole(bundle),
  );
}

async function toItsEnd(
  bundle: Bundle,
  launch: Launch,
  onWarning: (warning: string) => void,
): Promise<number> {
  if (lendsTerminal(bundle)) return inTerminal(bundle, launch, onWarning);
  const cancel = new AbortController();
  let early: NodeJS.Signals | undefined;
  let pass = (signal: NodeJS.Signals) => {
    early = signal;
    cancel.abort();
  };
  /** From then on a signal reaches the payload, or cancels what is not a payload yet. */
  const listen = () => {
    for (const signal of passedOn) process.on(signal, () => pass(signal));
  };
  if (!endsWithUs(bundle)) {
    callAtOnce(false); // or a file system that does not answer keeps signals waiting
    listen();
  }
  const container = await launch({
    signal: cancel.signal,
    ...(endsWithUs(bundle) ? { onGo: listen } : {}),
  });
  pass = (signal) => container.signal(signal);
  if (early) pass(early); // too late to cancel the start
  const { code, message, outOfMemory } = await container.exited;
  // The exit status does not tell this one.
  if (outOfMemory) onWarning(message);
  return code;
}

function lendsTerminal({ config }: Bundle): boolean {
  return isatty(0) && isatty(1) && config.process.terminal !== false;
}

/** Whether nothing is left of a start where a signal ends this process: terrarium-init ends PID 1 then. */
function endsWithUs({ config }: Bundle): boolean {
  return (
    engineOf(config).name === 'builtin' && startWay(config) === 'program' && !makesCgroup(config)
  );
}

function withCommand(bundle: Bundle, args: [string, ...string[]]): Bundle {
  const { config } = bundle;
  return { ...bundle, config: { ...config, process: { ...config.process, args } } };
}

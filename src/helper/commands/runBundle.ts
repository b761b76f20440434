/** What `run` does with the bundle that it has opened, to the end of its payload. Called by run.ts and by plainRun.ts. */
import { isatty } from 'node:tty';
import { checkCommand } from '../../core/bundle/checkCommand';
import type { Bundle } from '../../core/bundle/loadBundle';
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import { isOnLayer, onLayer } from '../../core/config/scratchLayer';
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
import { writeWarning } from '../host/writeWarning';
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

/** What is there for a later helper, and what is done about an earlier one. */
export interface Leftovers {
  /** @param isInit as that of recordsOfRun */
  readonly records: (isInit: boolean) => Promise<PidRecords>;
  readonly announce: () => Promise<void>;
  readonly sweep: (warn: (text: string) => void) => Promise<void>;
}

export type Launch = (options: StartOptions) => Promise<LaunchedContainer>;

/** @throws TerrariumError those of loadBundleOrFolder */
export async function openCalled(call: RunCall): Promise<Bundle> {
  const { folder, kind, payload } = call;
  const given = await loadBundleOrFolder(folder, kind, allowedFolders(call.rootfsBelow));
  const loaded = call.layer ? onLayer(given) : given;
  return payload.length > 0 ? withCommand(loaded, payload as [string, ...string[]]) : loaded;
}

/**
 * Whether terrarium-init alone makes this start, and nothing before PID 1 is there: no terminal, cgroup or layer, and no
 * other engine.
 */
export function isPlain(bundle: Bundle, { stepwise }: Pick<RunCall, 'stepwise'>): boolean {
  return !stepwise && !lendsTerminal(bundle) && endsWithUs(bundle) && !isOnLayer(bundle.config);
}

/** @param onTerminal for a container that gets one, or waits before its steps */
export async function runBundle(
  bundle: Bundle,
  call: RunCall,
  leftovers: Leftovers,
  onTerminal: (launch: Launch) => Promise<number>,
): Promise<number> {
  const checked = checkCommand(bundle, call.payload.length > 0 ? { remedy: ofCommandLine } : {});
  checked.catch(() => undefined); // the launch says it, before it makes anything
  // One warning: the next records fail for the same reason.
  let isUnrecorded = false;
  const unrecorded = (error: unknown) => {
    if (!isUnrecorded) writeWarning(`No record of it is kept: ${messageOf(error)}`);
    isUnrecorded = true;
  };
  // Without a folder for records `run` works all the same.
  let found: Promise<PidRecords | void> | undefined;
  const records = () => (found ??= leftovers.records(endsWithUs(bundle)).catch(unrecorded));
  let left: Leftover = {};
  const record = async (more: Leftover) => {
    left = { ...left, ...more };
    await (await records())?.write([left]).catch(unrecorded);
  };
  let swept: Promise<void> | undefined;
  const sweep = () =>
    (swept ??= leftovers
      .announce()
      .catch(unrecorded)
      .then(() => leftovers.sweep(writeWarning)));
  // terrarium-init itself closes what it was not given, so its start does not wait for this.
  const closesLater = isPlain(bundle, call);
  if (!closesLater) closeInherited();
  const launch: Launch = async (options) => {
    // Later its warnings would stand in what the container prints there.
    if (options.terminal) setImmediate(() => void sweep());
    const container = await launchContainer(bundle, {
      ...{ checked, onWarning: writeWarning, ...options },
      onCgroup: (cgroups) => record({ cgroups }),
      onPid1: (pid) => record({ pid }),
    });
    if (closesLater) closeInherited();
    void sweep();
    return container;
  };
  try {
    return await (call.stepwise || lendsTerminal(bundle)
      ? onTerminal(launch)
      : toItsEnd(bundle, launch));
  } finally {
    await swept;
    await (await found)?.write([]).catch(unrecorded);
  }
}

async function toItsEnd(bundle: Bundle, launch: Launch): Promise<number> {
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
  if (outOfMemory) writeWarning(message);
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

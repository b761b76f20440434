/** `helper.js run [--step] FOLDER [-- COMMAND...]`: a container in the foreground, with the caller's own privilege. */
import { keepConfigs } from '../../core/config/knownConfigs';
import { callAtOnce } from '../../core/fs/files';
import { engineOf } from '../engine/engineOf';
import { keptConfigs } from '../host/KeptConfigs';
import { type Launch, type Leftovers, type RunCall, openCalled, runBundle } from './runBundle';
import { writeWarning } from '../host/writeWarning';

/** Loaded when PID 1 is there, and when the payload runs. */
const leftovers: Leftovers = {
  records: async (isInit) => (await import('../leftovers/runRecords')).recordsOfRun(isInit),
  announce: async () => (await import('../processes/alive')).announceAlive(),
  sweep: async (warn) => (await import('../leftovers/sweep')).sweep(warn),
};

/**
 * Prints nothing of its own to standard output; the steps where it waits before them.
 * @returns the payload's exit status, 128 + N after signal N
 */
export async function run(call: RunCall): Promise<number> {
  const { stepwise } = call;
  // Who waits for keys is to be heard also where a file system does not answer.
  callAtOnce(!stepwise);
  const kept = keptConfigs();
  if (kept) keepConfigs(kept);
  // Only that start loads what it takes.
  const byKeys = stepwise ? await import('./launchByKeys') : undefined;
  byKeys?.requireTerminal();
  const bundle = await openCalled(call);
  const onTerminal = async (launch: Launch) =>
    // Only a terminal needs node-pty's native module.
    (await import('./runInTerminal')).runInTerminal(
      launch,
      writeWarning,
      engineOf(bundle.config).needsOwnConsole(bundle),
    );
  return runBundle(bundle, call, leftovers, (launch) =>
    onTerminal(
      byKeys ? (options) => byKeys.launchByKeys(bundle, launch, options, writeWarning) : launch,
    ),
  );
}

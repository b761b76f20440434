/** What a container is asked to end with, and whether its PID 1 can hear that. Called when one is stopped. */
import { readlink } from 'node:fs/promises';
import path from 'node:path';
import type { OciConfig } from '../../core/config/schema';
import { type Signal, signalNumber, stopSignalOf } from '../../core/config/stopSignal';
import { boundedReads } from '../processes/BoundedReads';
import { unheardBy } from '../processes/unheard';

/** Interactive shells end at SIGHUP and not at SIGTERM (bash(1), SIGNALS). */
const shells = /^(?:ba|da|a|k|mk|z|fi)?sh$/;

/** SIGRTMIN+3 halts; at SIGTERM it only executes itself anew (systemd(1), SIGNALS). */
const haltSystemd = 37;

/** How PID 1 is looked at; tests bring their own. */
export interface StopLook {
  readonly reads: Pick<typeof boundedReads, 'ask'>;
  /** What /proc/PID/exe says. */
  readonly exe: (hostPid: number) => Promise<string>;
  readonly unheardBy: typeof unheardBy;
}

const ofKernel: StopLook = {
  reads: boundedReads,
  exe: (hostPid) => readlink(`/proc/${hostPid}/exe`).catch(() => ''), // ended, or another user's
  unheardBy,
};

/** That of its image, or what its program is known to end at: where that is not known, SIGTERM. */
export async function stopSignals(
  config: OciConfig,
  hostPid: number,
  look = ofKernel,
): Promise<readonly Signal[]> {
  const isShell = shells.test(path.basename(config.process.args[0]).replace(/^-/, ''));
  const own = stopSignalOf(config) ?? ((await isSystemd(hostPid, look)) ? haltSystemd : 'SIGTERM');
  return isShell && own !== 'SIGHUP' ? [own, 'SIGHUP'] : [own];
}

/** By its file: /sbin/init is a link to it, and a comm can be anything. */
async function isSystemd(hostPid: number, { reads, exe }: StopLook): Promise<boolean> {
  const file = await reads.ask(hostPid, () => exe(hostPid));
  return file !== undefined && path.basename(file) === 'systemd';
}

/** @returns false only where it is sure that none of them arrives, or the process has ended */
export async function hearsAny(
  hostPid: number,
  signals: readonly Signal[],
  { reads, unheardBy: why } = ofKernel,
): Promise<boolean> {
  const hears = await reads.ask(hostPid, async () => {
    for (const signal of signals) {
      const unheard = await why(hostPid, signalNumber(signal));
      if (unheard === undefined || unheard === 'stopped') return true; // it hears it once it goes on
    }
    return false;
  });
  return hears ?? true;
}

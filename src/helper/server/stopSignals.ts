/** The stop signal of a container, and whether it has an effect on PID 1. Called when one is stopped. */
import { readlink } from 'node:fs/promises';
import path from 'node:path';
import type { OciConfig } from '../../core/config/schema';
import { type Signal, signalName, signalNumber, stopSignalOf } from '../../core/config/stopSignal';
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

/** The image's stop signal, or a known signal of its program; otherwise SIGTERM. */
export async function stopSignals(
  config: OciConfig,
  hostPid: number,
  look = ofKernel,
): Promise<readonly Signal[]> {
  const isShell = shells.test(path.basename(config.process.args[0]).replace(/^-/, ''));
  const own = stopSignalOf(config) ?? ((await isSystemd(hostPid, look)) ? haltSystemd : 'SIGTERM');
  return isShell && own !== 'SIGHUP' ? [own, 'SIGHUP'] : [own];
}

/**
 * Asks the program of a container to end.
 * @returns what it was sent, in words, and `hears`: false only where none of it can have an effect
 */
export async function askToEnd(
  config: OciConfig,
  hostPid: number,
  send: (signal: Signal) => void,
): Promise<{ readonly words: string; readonly hears: boolean }> {
  const asks = await stopSignals(config, hostPid);
  const hears = await hearsAny(hostPid, asks);
  for (const signal of asks) send(signal);
  return { words: asks.map(signalName).join(' '), hears };
}

/** By /proc/PID/exe: /sbin/init is a symlink, and a process may set any comm. */
async function isSystemd(hostPid: number, { reads, exe }: StopLook): Promise<boolean> {
  const file = await reads.ask(hostPid, () => exe(hostPid));
  return file !== undefined && path.basename(file) === 'systemd';
}

/** @returns false only where none of them can have an effect, or the process has ended */
export async function hearsAny(
  hostPid: number,
  signals: readonly Signal[],
  { reads, unheardBy: why } = ofKernel,
): Promise<boolean> {
  const hears = await reads.ask(hostPid, async () => {
    for (const signal of signals) {
      const unheard = await why(hostPid, signalNumber(signal));
      if (unheard === undefined || unheard === 'stopped') return true; // handled after SIGCONT
    }
    return false;
  });
  return hears ?? true;
}

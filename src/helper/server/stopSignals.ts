/** What a container is asked to end with, and whether its PID 1 can hear that. Called when one is stopped. */
import { readlinkSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../core/config/schema';
import { type Signal, signalNumber, stopSignalOf } from '../../core/config/stopSignal';
import { unheardBy } from '../processes/unheard';

/** Interactive shells end at SIGHUP and not at SIGTERM (bash(1), SIGNALS). */
const shells = /^(?:ba|da|a|k|mk|z|fi)?sh$/;

/** SIGRTMIN+3 halts; at SIGTERM it only executes itself anew (systemd(1), SIGNALS). */
const haltSystemd = 37;

/** That of its image, or what its program is known to end at. */
export function stopSignals(config: OciConfig, hostPid: number): readonly Signal[] {
  const isShell = shells.test(path.basename(config.process.args[0]).replace(/^-/, ''));
  const own = stopSignalOf(config) ?? (isSystemd(hostPid) ? haltSystemd : 'SIGTERM');
  return isShell && own !== 'SIGHUP' ? [own, 'SIGHUP'] : [own];
}

/** By its file: /sbin/init is a link to it, and a comm can be anything. */
function isSystemd(hostPid: number): boolean {
  try {
    return path.basename(readlinkSync(`/proc/${hostPid}/exe`)) === 'systemd';
  } catch {
    return false; // it has ended, or is another user's
  }
}

/** @returns false only where it is sure that none of them arrives, or the process has ended */
export function hearsAny(hostPid: number, signals: readonly Signal[]): boolean {
  return signals.some((signal) => {
    const why = unheardBy(hostPid, signalNumber(signal));
    return why === undefined || why === 'stopped'; // it hears it once it goes on
  });
}

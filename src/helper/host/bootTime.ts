/**
 * When this machine was started, by the wall clock of now. A moment that is kept as time since then
 * follows the clock when that is set (NTP on a board without a battery, `date -s`), as ps(1) does. Used
 * by the process reader and for the start of a container.
 */
import { readFileSync } from 'node:fs';

/** Milliseconds since the epoch. */
export function bootTime(): number {
  return Date.now() - uptimeMs();
}

/** Milliseconds since the start of the machine, those in which it was suspended too (proc_uptime(5)). */
export function uptimeMs(): number {
  const [uptime] = readFileSync('/proc/uptime', 'latin1').split(' ');
  return Number(uptime) * 1000;
}

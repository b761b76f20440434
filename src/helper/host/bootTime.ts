/**
 * The boot time of this machine by the current wall clock. Times kept relative to it follow the clock when
 * it is set (NTP on a board without a battery, `date -s`), as in ps(1). Used by the process reader and for
 * the start of a container.
 */
import { uptime } from 'node:os';

/** Milliseconds since the epoch. */
export function bootTime(): number {
  return Date.now() - uptimeMs();
}

/** Milliseconds since boot, suspended time included (proc_uptime(5)). */
export function uptimeMs(): number {
  return uptime() * 1000;
}

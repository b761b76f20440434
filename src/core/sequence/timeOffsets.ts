/** `linux.timeOffsets`, in the words of unshare(1) and of terrarium-init. */
import type { TimeOffsets } from '../config/executionSchema';

const clocks = ['monotonic', 'boottime'] as const;

/** In whole seconds: unshare(1) knows no others. */
export function offsetFlags(offsets: TimeOffsets): string[] {
  return clocks.flatMap((clock) => {
    const seconds = offsets[clock]?.secs ?? 0;
    return seconds === 0 ? [] : [`--${clock}=${seconds}`];
  });
}

/** As /proc/PID/timens_offsets takes them (time_namespaces(7)). */
export function offsetText(offsets: TimeOffsets): string {
  return clocks
    .map((clock) => {
      const { secs = 0, nanosecs = 0 } = offsets[clock] ?? {};
      return `${clock} ${BigInt(secs)} ${nanosecs}\n`;
    })
    .join('');
}

/** SIGN SECONDS NANOSECONDS of each clock. */
export function offsetWords(offsets: TimeOffsets): string[] {
  return clocks.flatMap((clock) => {
    const { secs = 0, nanosecs = 0 } = offsets[clock] ?? {};
    return [secs < 0 ? '1' : '0', String(BigInt(Math.abs(secs))), String(nanosecs)];
  });
}

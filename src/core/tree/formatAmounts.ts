/** Amounts in few characters, for rows and tooltips of the Processes view. */

/** `812 KiB`, `3.4 MiB`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  const kib = bytes / 1024;
  if (kib < 1024) return `${Math.round(kib)} KiB`;
  const mib = kib / 1024;
  return mib < 1024 ? `${short(mib)} MiB` : `${short(mib / 1024)} GiB`;
}

/** `8 s`, `3 min`, `2 h 5 min`, `4 d 3 h`: coarse, so that it seldom changes. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function short(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

const blocks = '▁▂▃▄▅▆▇█';

/** One block for each value, the highest as high as `top`; `▁▁▃█`. */
export function sparkline(values: readonly number[], top = Math.max(...values)): string {
  return values
    .map((value) => blocks[top > 0 ? Math.min(7, Math.max(0, Math.round((value / top) * 7))) : 0])
    .join('');
}

/** Parses `/proc/PID/limits`. Called where a process is looked into. */

export interface ResourceLimit {
  readonly name: string;
  readonly soft: string;
  readonly hard: string;
  /** Empty where it counts nothing that has a unit. */
  readonly unit: string;
}

/** One entry per line but the heading; proc_pid_limits(5) aligns its columns with spaces. */
export function parseLimits(content: Buffer | string): ResourceLimit[] {
  return content
    .toString('latin1')
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name, soft, hard, unit = ''] = line.trim().split(/ {2,}/);
      return name && soft && hard ? [{ name: name.replace(/^Max /, ''), soft, hard, unit }] : [];
    });
}

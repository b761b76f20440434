/** Reads a field of `/proc/PID/fdinfo/FD` (proc_pid_fdinfo(5)). Called where a descriptor of this process is looked at. */

/** The digits of `flags` (octal) or `mnt_id`; undefined where the file lacks them. */
export function fdinfoField(
  content: Buffer | string,
  field: 'flags' | 'mnt_id',
): string | undefined {
  const line = content
    .toString('latin1')
    .split('\n')
    .find((one) => one.startsWith(`${field}:`));
  return /^\w+:\s*(\d+)$/.exec(line ?? '')?.[1];
}

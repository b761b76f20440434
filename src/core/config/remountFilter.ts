/**
 * The filter that a container gets whose root is root of this machine and that has none of its own: a remount
 * acts on the file system itself, for the whole machine (mount(2), MS_REMOUNT), and inits do one at their end.
 * For `planStart`.
 */
import { mayMount } from './boundingSet';
import type { OciConfig } from './schema';

/** <linux/mount.h>; a remount of one mount alone has MS_BIND, too, and `mount_setattr` does no other. */
const [MS_REMOUNT, MS_BIND, FSCONFIG_CMD_RECONFIGURE] = [32, 4096, 7];

/** An int: the kernel does not look at the upper half of its register. */
const int = 0xffffffff;

/** `dev.terrarium.remount`: `allowed` leaves the filter out. */
export function refusesRemount(config: OciConfig): boolean {
  return (
    config.linux.seccomp === undefined &&
    mayMount(config) &&
    config.annotations?.['dev.terrarium.remount'] !== 'allowed'
  );
}

export const remountFilter = {
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
  syscalls: [
    {
      names: ['mount'],
      action: 'SCMP_ACT_ERRNO',
      args: [
        {
          ...{ index: 3, op: 'SCMP_CMP_MASKED_EQ' },
          ...{ value: MS_REMOUNT | MS_BIND, valueTwo: MS_REMOUNT },
        },
      ],
    },
    {
      names: ['fsconfig'],
      action: 'SCMP_ACT_ERRNO',
      args: [
        {
          ...{ index: 1, op: 'SCMP_CMP_MASKED_EQ' },
          ...{ value: int, valueTwo: FSCONFIG_CMD_RECONFIGURE },
        },
      ],
    },
  ],
} satisfies OciConfig['linux']['seccomp'];

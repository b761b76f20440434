/**
 * The filter that a container gets whose root is root of this machine and that has none of its own: a remount
 * acts on the file system itself, for the whole machine (mount(2), MS_REMOUNT), and inits do one at their end.
 * For `planStart`.
 */
import { mayMount } from './boundingSet';
import type { OciConfig } from './schema';
import { isSystemInit } from './systemInit';

/** <linux/mount.h>; a remount of one mount alone has MS_BIND, too, and `mount_setattr` does no other. */
const [MS_REMOUNT, MS_BIND, FSCONFIG_CMD_RECONFIGURE] = [32, 4096, 7];

/** umount(2) */
const MNT_DETACH = 2;

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

/**
 * umount(2) of a process's own root remounts that file system read-only, and no filter sees a path. So where
 * PID 1 is an init, which unmounts all at its end, a mount is unmounted lazily (MNT_DETACH) or not at all.
 */
export function remountFilter(
  config: Pick<OciConfig, 'process'>,
): NonNullable<OciConfig['linux']['seccomp']> {
  const mask = (index: number, value: number, valueTwo: number) => [
    { index, value, valueTwo, op: 'SCMP_CMP_MASKED_EQ' as const },
  ];
  const action = 'SCMP_ACT_ERRNO' as const;
  const unmounts = [
    { names: ['umount2'], action, args: mask(1, MNT_DETACH, 0) },
    { names: ['umount'], action }, // of i386, which has no flags
  ];
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
    syscalls: [
      { names: ['mount'], action, args: mask(3, MS_REMOUNT | MS_BIND, MS_REMOUNT) },
      { names: ['fsconfig'], action, args: mask(1, int, FSCONFIG_CMD_RECONFIGURE) },
      ...(isSystemInit(config) ? unmounts : []),
    ],
  };
}

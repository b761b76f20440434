/** What every mount(8) and umount(8) of ours is told. Used by whoever plans one or recognizes it. */

/**
 * No helper, which could run a program that the source names (-i); no name resolved that a rootfs could
 * bend (-c); no line about it in /run/mount (-n). In one word, and out of sight in class.
 */
export const hardenedMountFlags = '-icn';

/**
 * How something of this machine's /dev is lent, by a bind. Read-only: it can still be written to, as a device can,
 * but a root inside cannot change whose it is and who may use it, for everybody outside too.
 */
export const deviceBindOptions = ['ro', 'nosuid', 'noexec'] as const;

/** As mount(8) has it among other options: categories of a label have commas between them. */
export function labelWord(option: string): string {
  return option.replace(/^(context=)(.*,.*)$/, '$1"$2"');
}

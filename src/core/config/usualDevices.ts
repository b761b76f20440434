/** The devices that a container has in any case, by their numbers (devices.txt of the kernel). */
export const usualDevices: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  '/dev/null': [1, 3],
  '/dev/zero': [1, 5],
  '/dev/full': [1, 7],
  '/dev/random': [1, 8],
  '/dev/urandom': [1, 9],
  '/dev/tty': [5, 0],
};

/** The same where a devpts is mounted: a link to its ptmx, or that node itself (devpts.rst of the kernel). */
export const ptmxDevices: typeof usualDevices = {
  '/dev/ptmx': [5, 2],
  '/dev/pts/ptmx': [5, 2],
};

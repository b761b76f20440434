/** What of this machine's /dev a container can have. Used by whoever gathers facts for `planStart`. */
import { readFile, readlink } from '../fs/files';
import { runTool } from '../fs/runTool';
import { parseStatus } from '../procfs/parseStatus';
import { readUserFile } from '../procfs/userFiles';

export interface DeviceFacts {
  /** mknod(2) of devices is for a root of the machine itself, and one with CAP_MKNOD. */
  readonly mayMakeDevices: boolean;
  /** Whether this machine has the links of `deviceLinks` too. */
  readonly hasDeviceLinks: boolean;
}

/** OCI runtime-spec, runtime-linux.md, "Dev symbolic links". */
export const deviceLinks: readonly (readonly [target: string, name: string])[] = [
  ['/proc/self/fd', 'fd'],
  ['/proc/self/fd/0', 'stdin'],
  ['/proc/self/fd/1', 'stdout'],
  ['/proc/self/fd/2', 'stderr'],
];

const mknod = 27n; // capability.h

/** Asked once for a process: neither its user namespace nor the links of /dev change while it runs. */
export function deviceFacts(privilege: 'root' | 'rootless'): Promise<DeviceFacts> {
  return (known[privilege] ??= findDeviceFacts(privilege));
}

const known: { root?: Promise<DeviceFacts>; rootless?: Promise<DeviceFacts> } = {};

async function findDeviceFacts(privilege: 'root' | 'rootless'): Promise<DeviceFacts> {
  const [users, status, ...targets] = await Promise.all([
    readUserFile('uid_map'),
    readFile('/proc/self/status'),
    ...deviceLinks.map(([, name]) => readlink(`/dev/${name}`).catch(() => '')),
  ]);
  const isMachines = /^\s*0\s+0\s+4294967295\s*$/.test(users); // user_namespaces(7)
  const { bounding } = parseStatus(status).capabilities;
  const mayMakeDevices = privilege === 'root' && isMachines && ((bounding >> mknod) & 1n) === 1n;
  return {
    mayMakeDevices,
    hasDeviceLinks: deviceLinks.every(([target], index) => targets[index] === target),
  };
}

/** Whether cp(1) makes devices, for a script: that of GNU does, and BusyBox's; uutils' makes plain files. */
export async function cpMakesDevices({
  mayMakeDevices,
}: Partial<Pick<DeviceFacts, 'mayMakeDevices'>>): Promise<boolean> {
  if (mayMakeDevices !== true) return false;
  const { said } = await runTool('/bin/cp', ['--version']);
  return /GNU coreutils|BusyBox/.test(said);
}

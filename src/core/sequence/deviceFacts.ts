/** What of this machine's /dev a container can have. Used by whoever gathers facts for `planStart`. */
import { readFile, readlink } from 'node:fs/promises';
import { runTool } from '../fs/runTool';
import { parseStatus } from '../procfs/parseStatus';
import { readUserFile } from '../procfs/userFiles';

export interface DeviceFacts {
  /** mknod(2) of devices is for a root of the machine itself, and one with CAP_MKNOD. */
  readonly mayMakeDevices: boolean;
  /** Whether cp(1) of this machine does too. */
  readonly makesDevices: boolean;
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

export async function deviceFacts(privilege: 'root' | 'rootless'): Promise<DeviceFacts> {
  const [copies, users, status, ...targets] = await Promise.all([
    privilege === 'root' && (copiesDevices ??= cpCopiesDevices()),
    readUserFile('uid_map'),
    readFile('/proc/self/status'),
    ...deviceLinks.map(([, name]) => readlink(`/dev/${name}`).catch(() => '')),
  ]);
  const isMachines = /^\s*0\s+0\s+4294967295\s*$/.test(users); // user_namespaces(7)
  const { bounding } = parseStatus(status).capabilities;
  const mayMakeDevices = privilege === 'root' && isMachines && ((bounding >> mknod) & 1n) === 1n;
  return {
    mayMakeDevices,
    makesDevices: copies && mayMakeDevices,
    hasDeviceLinks: deviceLinks.every(([target], index) => targets[index] === target),
  };
}

let copiesDevices: Promise<boolean> | undefined;

/** That of GNU does, and BusyBox's; uutils' makes plain files of them. */
async function cpCopiesDevices(): Promise<boolean> {
  const { said } = await runTool('/bin/cp', ['--version']);
  return /GNU coreutils|BusyBox/.test(said);
}

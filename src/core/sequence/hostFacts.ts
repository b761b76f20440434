/** What a start sequence depends on beside its bundle. Gathered by the helper, and told to every planner. */
import type { CgroupFacts, CgroupLayout } from '../cgroup/cgroupFacts';
import type { Emulation } from '../bundle/emulation';
import type { SecurityModule } from '../config/securityModules';
import type { MountEntry } from '../procfs/parseMountinfo';
import type { DeviceFacts } from './deviceFacts';
import type { MountFacts } from './mountSources';
import type { Mappings } from './userNamespace';

export interface Shells {
  readonly sh?: string;
  readonly bash?: string;
}

/** What the plan must know of the machine and of the person; gathered by the helper. */
export interface HostFacts extends Partial<DeviceFacts>, MountFacts {
  readonly privilege: 'root' | 'rootless';
  /** The programs in which PID 1 of a script may wait, where a root inside could write to them. */
  readonly shells?: Shells;
  /** Whether cp(1) makes devices here; asked for a script alone. */
  readonly makesDevices?: boolean;
  /** Its architecture, in Node's words: `x64`. */
  readonly machine: string;
  /** The person's ids: container root is them where there is a user namespace. */
  readonly uid: number;
  readonly gid: number;
  /** Whether the helper is in groups beside its own, which a container gets only if it asks. */
  readonly furtherGroups?: boolean;
  /** Their range in /etc/subuid and /etc/subgid, where `newuidmap` can use it. */
  readonly subuid?: { readonly start: number; readonly count: number };
  readonly subgid?: { readonly start: number; readonly count: number };
  /** Whose the top folder of the rootfs is. */
  readonly rootfsOwner?: { readonly uid: number; readonly gid: number };
  /** Of which user's range in /etc/subuid that is the first id. */
  readonly rootfsRangeOf?: string;
  /** No bash on this machine, which else is PID 1 of a bundle by hand. */
  readonly noBash?: true;
  /** newuidmap and newgidmap, where they are not in the usual folders. */
  readonly idMapTools?: { readonly uid: string; readonly gid: string };
  /** What brings a loopback device up, where the machine has a program for it. */
  readonly loopback?: readonly string[];
  /** The terminal that PID 1 gets: `run` has none to give where its caller has none. */
  readonly tty?: string;
  /** Of PID 1's user in the rootfs's etc/passwd; absent where it has no such line. */
  readonly home?: string;
  /** Where process.cwd has to be made, a path inside without links; absent where it is there. */
  readonly missingCwd?: string;
  /** How the programs of the rootfs run, where they are for another processor. */
  readonly emulation?: Emulation;
  /** All ids that root has here, each as itself; known where a start by root registers an emulator. */
  readonly machineIds?: Pick<Mappings, 'uid' | 'gid'>;
  /** The machine's own nodes at the paths of linux.devices: `c 10:229`. */
  readonly devices: ReadonlyMap<string, string>;
  /** Those that are enabled, where config.json asks for a label; none unless given. */
  readonly securityModules?: readonly SecurityModule[];
  readonly cgroups: CgroupLayout;
  /** The machine's mounts, as they were when the facts were gathered. */
  readonly mounts?: readonly MountEntry[];
  /** Where config.json asks for a cgroup. */
  readonly cgroup?: CgroupFacts;
}

/** What is known of how programs for another processor run. */
export type EmulationFacts = Pick<HostFacts, 'emulation' | 'machineIds'>;

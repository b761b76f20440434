/**
 * What a step of the start sequence does, one kind for each thing: data, from which `toArgv` makes the
 * command that does the same. Who adds a kind is told by the compiler where it is missing.
 */
import type { IoPriority, Personality, Scheduler, TimeOffsets } from '../config/executionSchema';
import type { NamespaceType } from '../config/namespaceTypes';
import type { OciConfig } from '../config/schema';
import type { MappedRange } from './userNamespace';

/**
 * Mounts. `name` is `.` or `./NAME` in the step's folder, or an absolute path of the host where the step has
 * none; options as in mount(8), without those that the kind says already.
 */
export type MountOperation =
  | {
      readonly kind: 'mount';
      readonly type: string;
      readonly source: string;
      readonly name: string;
      readonly options: readonly string[];
    }
  | {
      readonly kind: 'bind';
      readonly recursive?: boolean;
      readonly source: string;
      readonly name: string;
      readonly options: readonly string[];
      /**
       * `name` is a file in a folder that somebody else may write to: it may become a symlink at any moment,
       * so the file is opened and looked at, and the command gets the open one.
       */
      readonly pinned?: true;
      /** What is mounted there on the machine later appears inside too. */
      readonly follows?: true;
      /** Whose its files are; `below`: those of mounts below it too. */
      readonly mapped?: IdMapped;
    }
  /** An overlay of the folder itself and a scratch layer, whose folder is told from there. */
  | { readonly kind: 'overlay'; readonly layer: string; readonly options: readonly string[] }
  /** Of each name in `folder`, to the same name; with `deviceBindOptions`. */
  | { readonly kind: 'bindEach'; readonly folder: string; readonly names: readonly string[] }
  /** Flags of the one mount, not of its file system (mount(2), MS_REMOUNT with MS_BIND). */
  | { readonly kind: 'remount'; readonly name: string; readonly options: readonly string[] }
  /** mount_namespaces(7): `private`, `rslave` … */
  | { readonly kind: 'propagation'; readonly name: string; readonly changes: readonly string[] };

/** An id of the disk is shown as another one (mount_setattr(2), MOUNT_ATTR_IDMAP). */
export interface IdMapped {
  readonly uid: readonly MappedRange[];
  readonly gid: readonly MappedRange[];
  readonly below: boolean;
}

/** Files, links and nodes; names as those of mounts. */
export type FileOperation =
  /** A line, which for a file of the kernel is one write(2). */
  | { readonly kind: 'write'; readonly file: string; readonly text: string }
  /** The same for the file `register` of the container's own binfmt_misc. */
  | { readonly kind: 'register'; readonly name: string; readonly text: string }
  /** Empty ones, where nothing is yet. */
  | { readonly kind: 'createFiles'; readonly names: readonly string[] }
  /** The step's own folder: to enter it makes it. */
  | { readonly kind: 'createFolder' }
  | { readonly kind: 'mkdir'; readonly folder: string }
  | {
      readonly kind: 'symlinks';
      readonly links: readonly (readonly [target: string, name: string])[];
    }
  /** Into the step's folder, as they are: device nodes and links, or links alone. */
  | { readonly kind: 'copy'; readonly sources: readonly string[]; readonly linksAlone?: true }
  | {
      readonly kind: 'mknod';
      readonly name: string;
      readonly type: string;
      readonly mode?: number;
      /** Major and minor; none of a pipe. */
      readonly numbers: readonly number[];
    }
  | { readonly kind: 'chown'; readonly name: string; readonly uid: number; readonly gid: number };

/** Asked by the kernel at each open(2) and mknod(2) of a device (bpf(2)). */
export interface DeviceFilterOperation {
  readonly kind: 'deviceFilter';
  /** Of the cgroup. */
  readonly folder: string;
  /** eBPF in hexadecimal digits, 16 an instruction. */
  readonly program: string;
  /** It takes the place of the one that is there, as of an earlier start; else it holds beside others. */
  readonly replaces: boolean;
}

/** What the process becomes that carries it out, and with it all that follow. */
export type ProcessOperation =
  | {
      readonly kind: 'join';
      readonly paths: readonly (readonly [type: NamespaceType, path: string])[];
    }
  | {
      readonly kind: 'unshare';
      /** In the order of namespaceTypes. */
      readonly types: readonly NamespaceType[];
      /** The person is root inside, and nobody else is anybody. */
      readonly mapRootUser: boolean;
      readonly keepCaps: boolean;
      /** What is mounted on the machine later appears in some binds, or in the root (mount_namespaces(7), slaves). */
      readonly follows?: 'binds' | 'root';
      /** Of the clocks of a new time namespace. */
      readonly offsets?: TimeOffsets;
      /** By hand: what is PID 1 then. */
      readonly shell?: 'bash' | 'sh';
      /** By hand: PID 1 gets a procfs of its own on the host's /proc, which others do not see. */
      readonly mountsProc?: boolean;
    }
  | { readonly kind: 'setsid'; readonly takesTerminal: boolean }
  | {
      readonly kind: 'switchUser';
      readonly uid: number;
      readonly gid: number;
      readonly dropsCapabilities?: true;
    }
  | { readonly kind: 'scheduler'; readonly scheduler: Scheduler }
  | { readonly kind: 'ioPriority'; readonly ioPriority: IoPriority }
  | { readonly kind: 'personality'; readonly personality: Personality }
  | { readonly kind: 'rlimits'; readonly limits: OciConfig['process']['rlimits'] & object }
  | { readonly kind: 'dropPrivileges'; readonly privileges: Privileges }
  /** seccomp(2): its flags, and a program of BPF in hexadecimal digits, 16 an instruction. */
  | { readonly kind: 'filter'; readonly flags: number; readonly program: string }
  /** Variables that a shell cannot export. */
  | { readonly kind: 'environment'; readonly variables: readonly string[] }
  /** @param chroot below which folder of the host */
  | { readonly kind: 'execute'; readonly args: readonly string[]; readonly chroot?: string };

/** What config.json does not grant; what is left out stays as it is. */
export interface Privileges {
  /** Names as in capabilities(7), `CAP_CHOWN`; all others go. */
  readonly bounding?: readonly string[];
  readonly inheritable?: readonly string[];
  readonly ambient?: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly groups?: readonly number[] | 'none' | 'keep';
  readonly noNewPrivileges?: boolean;
}

/** The namespaces of PID 1, entered from outside. */
export interface Entry {
  /** As root of the user namespace: somebody else may own that and lay a program of theirs over ours. */
  readonly user: boolean;
  readonly preserveCredentials: boolean;
}

export type NamespaceOperation =
  | { readonly kind: 'idMap'; readonly tool: string; readonly mappings: readonly MappedRange[] }
  | {
      readonly kind: 'setName';
      readonly program: 'hostname' | 'domainname';
      readonly value: string;
      /** BusyBox's takes every name. */
      readonly busybox?: true;
    }
  /** The command that this machine has for it. */
  | { readonly kind: 'loopback'; readonly command: readonly string[] }
  | { readonly kind: 'pivotRoot'; readonly entry: Entry }
  /** Without an entry the mount namespace alone is entered, with all privileges. */
  | { readonly kind: 'umountOldRoot'; readonly entry?: Entry };

export type Operation =
  MountOperation | FileOperation | DeviceFilterOperation | ProcessOperation | NamespaceOperation;

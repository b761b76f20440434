/** The bundles of plans.test.ts: each has one thing to show. */
import type { SecurityModule } from '../../../../src/core/config/securityModules';
import type { SourceKind } from '../../../../src/core/sequence/mountSources';
import { startingPoints } from '../../../../src/core/config/templates';

export interface PlannedBundle {
  /** Of its file. */
  readonly name: string;
  /** What it shows, after "plans". */
  readonly what: string;
  /** What is to carry it out: an exported script unless given, where it is not by hand. */
  readonly way?: 'program';
  /** Its config.json; ociVersion is added. */
  readonly config: object;
  /** What the sources of its mounts are on the machine. */
  readonly sources?: Readonly<Record<string, SourceKind>>;
  /** Options of the machine's mounts on which those lie. */
  readonly flags?: Readonly<Record<string, string[]>>;
  /** The machine's nodes at the paths of linux.devices. */
  readonly devices?: Readonly<Record<string, string>>;
  /** Whose its top folder is, as uid and gid. */
  readonly rootfsOwner?: number;
  /** What the rootfs lacks of process.cwd. */
  readonly missingCwd?: string;
  /** The home of PID 1's user there. */
  readonly home?: string;
  /** Whether the helper looked at cgroups, as it does where the file asks for one. */
  readonly cgroup?: true;
  /** Its programs are for aarch64: the container registers its emulator, or the machine has it registered. */
  readonly emulated?: 'own' | 'machine';
  /** Security modules that the machine has enabled. */
  readonly modules?: readonly SecurityModule[];
}

const all = ['pid', 'uts', 'ipc', 'mount'];
/** The smallest file that starts, with one change each. */
const base = (
  change: { process?: object; linux?: object; mounts?: object[]; namespaces?: string[] } = {},
  more: object = {},
) => ({
  process: { args: ['/bin/sh'], cwd: '/', user: { uid: 0, gid: 0 }, ...change.process },
  root: { path: 'rootfs' },
  mounts: change.mounts ?? [{ destination: '/proc', type: 'proc', source: 'proc' }],
  linux: {
    namespaces: (change.namespaces ?? all).map((type) => ({ type })),
    ...change.linux,
  },
  ...more,
});
const startingPoint = (id: string) => startingPoints.find((one) => one.id === id)!.config('box');
const mapped = {
  uidMappings: [{ containerID: 0, hostID: 100000, size: 1000 }],
  gidMappings: [{ containerID: 0, hostID: 100000, size: 1000 }],
};

const own = [{ containerID: 0, hostID: 1000, size: 1 }];
const alone = { uidMappings: own, gidMappings: own };

export const plannedBundles: readonly PlannedBundle[] = [
  { name: 'own', what: 'A root of its own', config: startingPoint('notes') },
  {
    name: 'hand',
    what: 'By hand',
    config: startingPoint('hand'),
  },
  {
    name: 'hand-mounts',
    what: 'by hand with further mounts and a host name',
    config: base(
      {
        mounts: [
          { destination: '/proc', type: 'proc', source: 'none' },
          { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'size=64m'] },
          { destination: '/srv', type: 'bind', source: 'data', options: ['rbind', 'ro'] },
        ],
        namespaces: ['mount', 'pid', 'uts'],
      },
      { hostname: 'box', annotations: { 'dev.terrarium.root': 'chroot' } },
    ),
  },
  {
    name: 'overlay',
    what: 'a scratch layer',
    config: base({}, { annotations: { 'dev.terrarium.overlay': 'true' } }),
    flags: { '/b/rootfs': ['ro', 'nosuid', 'nodev'] },
  },
  {
    name: 'program-overlay',
    what: 'a scratch layer',
    way: 'program',
    config: base({}, { annotations: { 'dev.terrarium.overlay': 'true' } }),
  },
  { name: 'safe', what: 'Safe', config: startingPoint('safe'), cgroup: true },
  { name: 'smallest', what: 'the smallest file that starts', config: base() },
  {
    name: 'program-remount',
    what: 'root that may remount whole file systems',
    way: 'program',
    config: { ...base(), annotations: { 'dev.terrarium.remount': 'allowed' } },
  },
  {
    name: 'program-own',
    what: 'A root of its own, for terrarium-init',
    way: 'program',
    config: startingPoint('notes'),
  },
  {
    name: 'program-safe',
    what: 'Safe, for terrarium-init',
    way: 'program',
    config: startingPoint('safe'),
    cgroup: true,
  },
  {
    name: 'program-seccomp',
    what: 'a filter of system calls',
    way: 'program',
    config: base({
      linux: {
        seccomp: {
          defaultAction: 'SCMP_ACT_ERRNO',
          defaultErrnoRet: 38,
          architectures: ['SCMP_ARCH_X86'],
          flags: ['SECCOMP_FILTER_FLAG_LOG'],
          syscalls: [
            { names: ['read', 'write', 'execve', 'exit_group'], action: 'SCMP_ACT_ALLOW' },
            {
              names: ['personality'],
              action: 'SCMP_ACT_ERRNO',
              errnoRet: 22,
              args: [{ index: 1, value: 8, valueTwo: 8, op: 'SCMP_CMP_MASKED_EQ' }],
            },
          ],
        },
      },
    }),
  },
  ...(['listenerPath', 'listenerMetadata'] as const).map((key) => ({
    name: `program-${key}`,
    what: `a filter with ${key}, for a program outside`,
    way: 'program' as const,
    config: base({ linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW', [key]: '/run/agent' } } }),
  })),
  {
    name: 'program-order',
    what: 'mounts in the order of the file, odd variables and a host name with a dash, for terrarium-init',
    way: 'program',
    config: base(
      {
        process: { env: ['a.b=c', 'UID=7', 'PATH=/bin'] },
        linux: { maskedPaths: ['/etc/secret'], readonlyPaths: ['/etc'] },
        mounts: [
          { destination: '/a/b', type: 'tmpfs', source: 'tmpfs' },
          { destination: '/c', type: 'tmpfs', source: 'tmpfs' },
          { destination: '/etc/resolv.conf', type: 'bind', source: '/r', options: ['bind', 'ro'] },
        ],
      },
      { hostname: 'a_b-' },
    ),
    sources: { '/r': 'file' },
  },
  {
    name: 'namespaces-all',
    what: 'every namespace there is',
    config: base({
      namespaces: ['user', 'pid', 'uts', 'ipc', 'mount', 'cgroup', 'network', 'time'],
    }),
    cgroup: true,
  },
  {
    name: 'namespaces-mount-only',
    what: 'a mount namespace alone',
    config: base({ namespaces: ['mount'], mounts: [] }),
  },
  {
    name: 'namespace-joined',
    what: 'a network namespace that is joined',
    config: base({
      linux: {
        namespaces: [
          ...all.map((type) => ({ type })),
          { type: 'network', path: '/run/netns/blue' },
        ],
      },
    }),
  },
  {
    name: 'ids-mapped',
    what: 'ids mapped in the file',
    config: base(
      { namespaces: ['user', ...all], linux: undefined as never },
      {
        linux: { namespaces: ['user', ...all].map((type) => ({ type })), ...mapped },
      },
    ),
  },
  {
    name: 'hostname',
    what: 'a host name and a domain name',
    config: base({}, { hostname: 'sag', domainname: 'lab' }),
  },
  {
    name: 'hostname-odd',
    what: 'a host name that hostname(1) refuses',
    config: base({}, { hostname: 'a_b', domainname: 'lab-' }),
  },
  {
    name: 'init',
    what: 'an init as PID 1, which takes file systems away at its end',
    config: base({ process: { args: ['/sbin/init'] } }),
    cgroup: true,
  },
  {
    name: 'mount-tmpfs',
    what: 'tmpfs with options',
    config: base({
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        {
          destination: '/tmp',
          type: 'tmpfs',
          source: 'tmpfs',
          options: ['nosuid', 'nodev', 'noexec', 'mode=1777', 'size=16m'],
        },
      ],
    }),
  },
  {
    name: 'mount-bind-folder',
    what: 'binds of a folder of the machine, writable and read-only',
    config: base({
      mounts: [
        { destination: '/srv', type: 'bind', source: '/srv/data', options: ['rbind', 'rw'] },
        { destination: '/etc/lab', source: '/srv/data', options: ['bind', 'ro', 'nosuid'] },
      ],
    }),
    sources: { '/srv/data': 'directory' },
    flags: { '/srv/data': ['nodev'] },
  },
  {
    name: 'mount-bind-file',
    what: 'a bind of a file of the machine',
    config: base({
      mounts: [
        { destination: '/etc/resolv.conf', source: '/etc/resolv.conf', options: ['bind', 'ro'] },
      ],
    }),
    sources: { '/etc/resolv.conf': 'file' },
  },
  {
    name: 'mount-bind-bundle',
    what: 'a bind of a folder of the bundle',
    config: base({ mounts: [{ destination: '/data', source: 'data', options: ['bind'] }] }),
    sources: { '/b/data': 'directory' },
  },
  {
    name: 'mount-propagation',
    what: 'propagation of a mount and of the root',
    config: base({
      mounts: [{ destination: '/srv', source: '/srv/data', options: ['rbind', 'rslave'] }],
      linux: { rootfsPropagation: 'rprivate' },
    }),
    sources: { '/srv/data': 'directory' },
  },
  {
    name: 'mount-nested',
    what: 'mounts on mounts, in the order of the file',
    config: base({
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
        {
          destination: '/dev/pts',
          type: 'devpts',
          source: 'devpts',
          options: ['newinstance', 'ptmxmode=0666'],
        },
        { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['mode=1777'] },
        {
          destination: '/dev/mqueue',
          type: 'mqueue',
          source: 'mqueue',
          options: ['nosuid', 'nodev'],
        },
      ],
    }),
  },
  {
    name: 'mount-sysfs',
    what: 'sysfs and a cgroup mount beside a network namespace',
    config: base({
      namespaces: [...all, 'network', 'cgroup'],
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        {
          destination: '/sys',
          type: 'sysfs',
          source: 'sysfs',
          options: ['ro', 'nosuid', 'nodev', 'noexec'],
        },
        {
          destination: '/sys/fs/cgroup',
          type: 'cgroup',
          source: 'cgroup',
          options: ['ro', 'nosuid'],
        },
      ],
    }),
    cgroup: true,
  },
  {
    name: 'mount-disk',
    what: 'a file that mount(8) would make a disk of',
    config: base({ mounts: [{ destination: '/mnt', type: 'ext4', source: '/srv/disk.img' }] }),
    sources: { '/srv/disk.img': 'file' },
  },
  {
    name: 'masked',
    what: 'masked and read-only paths',
    config: base({
      linux: {
        maskedPaths: ['/proc/kcore', '/proc/acpi', '/sys/firmware'],
        readonlyPaths: ['/proc/sys', '/proc/sysrq-trigger'],
      },
    }),
  },
  {
    name: 'readonly-root',
    what: 'a read-only root',
    config: base({}, { root: { path: 'rootfs', readonly: true } }),
  },
  {
    name: 'devices',
    what: 'further devices',
    config: base({
      linux: {
        devices: [
          { path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 },
          {
            path: '/dev/net/tun',
            type: 'c',
            major: 10,
            minor: 200,
            fileMode: 0o600,
            uid: 5,
            gid: 6,
          },
        ],
      },
    }),
    devices: { '/dev/fuse': 'c 10:229', '/dev/net/tun': 'c 10:200' },
  },
  {
    name: 'program-devices-there',
    way: 'program',
    what: 'devices in whose place something else is, and one that takes the place of a link',
    config: base({
      process: { terminal: true },
      mounts: [
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
        { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance'] },
        { destination: '/dev/fuse', type: 'bind', source: '/dev/fuse', options: ['bind'] },
      ],
      linux: {
        devices: [
          { path: '/dev/null', type: 'c', major: 1, minor: 5 },
          { path: '/dev/ptmx', type: 'c', major: 5, minor: 2 },
          { path: '/dev/pts/ptmx', type: 'c', major: 5, minor: 3 },
          { path: '/dev/console', type: 'c', major: 5, minor: 1 },
          { path: '/dev/fuse', type: 'c', major: 10, minor: 229 },
          { path: '/dev/stdin', type: 'c', major: 1, minor: 3 },
          { path: '/dev/stdin', type: 'c', major: 1, minor: 5 },
        ],
      },
    }),
    sources: { '/dev/fuse': 'device' },
    devices: { '/dev/stdin': 'c 1:3', '/dev/console': 'c 5:1' },
  },
  {
    name: 'program-read-only-later',
    way: 'program',
    what: 'what becomes read-only after it has been filled',
    config: base({
      mounts: [
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'ro'] },
        { destination: '/run', type: 'tmpfs', source: 'tmpfs', options: ['ro', 'size=1m'] },
        { destination: '/run/a/b', type: 'tmpfs', source: 'tmpfs', options: ['rw', 'ro'] },
        { destination: '/srv', type: 'tmpfs', source: 'tmpfs', options: ['ro'] },
        { destination: '/srv/a', type: 'tmpfs', source: 'tmpfs', options: ['ro', 'rw'] },
        { destination: '/srv', type: 'tmpfs', source: 'tmpfs' },
      ],
      linux: { maskedPaths: ['/run/a'] },
    }),
  },
  {
    name: 'sysctl',
    what: 'kernel parameters of its own namespaces',
    config: base({
      namespaces: [...all, 'network'],
      linux: { sysctl: { 'kernel.shmmax': '65536', 'net.ipv4.ip_forward': '1' } },
    }),
  },
  {
    name: 'limits',
    what: 'limits by a cgroup',
    config: base({
      linux: {
        cgroupsPath: '/lab/one',
        resources: {
          memory: { limit: 67108864, swap: 67108864 },
          cpu: { shares: 512, quota: 50000, period: 100000 },
          pids: { limit: 32 },
          unified: { 'memory.high': '33554432' },
        },
      },
    }),
    cgroup: true,
  },
  {
    name: 'program-device-filter',
    way: 'program',
    what: 'a filter of devices at a cgroup',
    config: base({
      linux: {
        resources: {
          devices: [
            { allow: false },
            { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' },
          ],
        },
      },
    }),
    cgroup: true,
  },
  {
    name: 'program-apparmor',
    way: 'program',
    what: 'an AppArmor profile, where the machine has AppArmor',
    config: base({
      process: { apparmorProfile: 'lab', selinuxLabel: 'system_u:system_r:svirt_t:s0' },
    }),
    modules: ['apparmor'],
  },
  {
    name: 'program-selinux',
    way: 'program',
    what: 'SELinux labels of the program and of its mounts, where the machine has SELinux',
    config: base({
      process: { apparmorProfile: 'lab', selinuxLabel: 'system_u:system_r:svirt_t:s0:c1,c2' },
      linux: { mountLabel: 'system_u:object_r:svirt_t:s0:c1,c2', maskedPaths: ['/srv'] },
    }),
    modules: ['selinux'],
  },
  {
    name: 'program-selinux-overlay',
    way: 'program',
    what: 'the SELinux label of a scratch layer',
    config: base(
      { linux: { mountLabel: 'system_u:object_r:svirt_t:s0:c1,c2' } },
      { annotations: { 'dev.terrarium.overlay': 'true' } },
    ),
    modules: ['selinux'],
  },
  {
    name: 'limits-further',
    what: 'limits of processors, disks and huge pages by a cgroup',
    config: base({
      linux: {
        cgroupsPath: '/lab/one',
        resources: {
          memory: { reservation: 16777216 },
          cpu: { quota: 50000, period: 200000, burst: 10000, idle: 1, cpus: '0-1', mems: '0' },
          blockIO: {
            weight: 100,
            throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1048576 }],
            throttleWriteBpsDevice: [{ major: 8, minor: 0, rate: 1048576 }],
            throttleReadIOPSDevice: [{ major: 8, minor: 0, rate: 100 }],
            throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 100 }],
          },
          hugepageLimits: [{ pageSize: '2MB', limit: 0 }],
        },
      },
    }),
    cgroup: true,
  },
  {
    name: 'rlimits',
    what: 'resource limits, a umask and how soon it is killed for want of memory',
    config: base({
      process: {
        user: { uid: 0, gid: 0, umask: 0o27 },
        oomScoreAdj: 500,
        rlimits: [
          { type: 'RLIMIT_NOFILE', soft: 256, hard: 1024 },
          { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
        ],
      },
    }),
  },
  {
    name: 'capabilities-none',
    what: 'no capabilities at all',
    config: base({ process: { capabilities: { bounding: [], effective: [], permitted: [] } } }),
  },
  {
    name: 'capabilities-ambient',
    what: 'a capability that another user keeps',
    config: base({
      process: {
        user: { uid: 500, gid: 500 },
        noNewPrivileges: true,
        capabilities: {
          bounding: ['CAP_NET_BIND_SERVICE', 'CAP_KILL'],
          effective: ['CAP_NET_BIND_SERVICE'],
          permitted: ['CAP_NET_BIND_SERVICE'],
          inheritable: ['CAP_NET_BIND_SERVICE'],
          ambient: ['CAP_NET_BIND_SERVICE'],
        },
      },
    }),
  },
  {
    name: 'capabilities-beyond',
    what: 'a capability beyond the bounding set',
    config: base({
      process: { capabilities: { bounding: ['CAP_KILL'], inheritable: ['CAP_CHOWN'] } },
    }),
  },
  {
    name: 'user',
    what: 'another user with further groups',
    config: base({ process: { user: { uid: 33, gid: 33, additionalGids: [4, 27] } } }),
  },
  {
    name: 'ids-of-starter',
    what: 'a user namespace whose mappings are those of who made the file',
    config: {
      ...base({ namespaces: ['user', ...all], linux: mapped }),
      annotations: { 'dev.terrarium.idMappings': 'own' },
    },
  },
  {
    name: 'ids-own-alone',
    what: 'a user namespace that maps one’s own id and no other',
    config: base({ namespaces: ['user', ...all], linux: alone }),
  },
  {
    name: 'rootfs-of-range',
    what: 'a rootfs that belongs to the first subordinate id',
    config: startingPoint('notes'),
    rootfsOwner: 100000,
  },
  {
    name: 'rootfs-of-range-users',
    what: 'the same with a user namespace in the file',
    config: base({ namespaces: ['user', ...all] }),
    rootfsOwner: 100000,
  },
  {
    name: 'user-unmapped',
    what: 'a user that its mapping does not hold',
    config: base(
      { process: { user: { uid: 5000, gid: 0 } } },
      {
        linux: { namespaces: ['user', ...all].map((type) => ({ type })), ...mapped },
      },
    ),
  },
  {
    name: 'mount-id-unmapped',
    what: 'a devpts for a group that its mapping does not hold',
    config: base(
      {
        mounts: [
          { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['gid=5000'] },
        ],
      },
      { linux: { namespaces: ['user', ...all].map((type) => ({ type })), ...mapped } },
    ),
  },
  {
    name: 'cwd-missing',
    what: 'a working directory that is missing, below a root that is read-only',
    config: {
      ...base({
        process: { cwd: '/var/run/app', user: { uid: 33, gid: 33 } },
        mounts: [{ destination: '/run', type: 'tmpfs', source: 'tmpfs' }],
      }),
      root: { path: 'rootfs', readonly: true },
    },
    missingCwd: '/run/app',
    home: '/var/www',
  },
  {
    name: 'environment',
    what: 'variables whose names are none of a shell’s',
    config: base({
      process: { cwd: '/srv', env: ['PATH=/bin', 'discovery.type=single', "QUOTE=it's", 'UID=7'] },
    }),
  },
  {
    name: 'not-carried-out',
    what: 'what the built-in engine cannot do',
    config: base({
      linux: {
        seccomp: { defaultAction: 'SCMP_ACT_ALLOW' },
        rootfsPropagation: 'shared',
        netDevices: { eth0: { name: 'inside' } },
        mountLabel: 'system_u:object_r:svirt_t:s0',
        intelRdt: { closID: 'guaranteed' },
        memoryPolicy: { mode: 'MPOL_BIND', nodes: '0' },
        personality: { flags: ['ADDR_NO_RANDOMIZE'] },
        timeOffsets: { monotonic: { secs: 172800 } },
        resources: {
          devices: [{ allow: false }],
          network: { classID: 1048577 },
          rdma: { mlx5_1: { hcaHandles: 3 } },
          memory: {
            kernel: 1,
            kernelTCP: 1,
            swappiness: 10,
            disableOOMKiller: true,
            useHierarchy: false,
            checkBeforeUpdate: true,
          },
          cpu: { realtimeRuntime: 1000, realtimePeriod: 100000 },
          blockIO: { leafWeight: 10, weightDevice: [{ major: 8, minor: 0, weight: 500 }] },
        },
      },
      process: {
        apparmorProfile: 'lab',
        selinuxLabel: 'system_u:system_r:svirt_t:s0',
        consoleSize: { height: 24, width: 80 },
        execCPUAffinity: { initial: '0-1', final: '1' },
      },
      mounts: [{ destination: '/srv', type: 'tmpfs', source: 'tmpfs', ...alone }],
    }),
  },
  {
    name: 'execution',
    what: 'a scheduling policy, a priority at disks, an execution domain and clocks',
    config: base({
      namespaces: [...all, 'time'],
      process: {
        scheduler: {
          ...{ policy: 'SCHED_DEADLINE', nice: 5, priority: 0 },
          flags: ['SCHED_FLAG_RESET_ON_FORK'],
          ...{ runtime: 100000, deadline: 200000, period: 2 ** 64 },
        },
        ioPriority: { class: 'IOPRIO_CLASS_BE', priority: 6 },
      },
      linux: {
        personality: { domain: 'LINUX32' },
        timeOffsets: {
          monotonic: { secs: 172800, nanosecs: 5 },
          boottime: { secs: -3, nanosecs: 7 },
        },
      },
    }),
  },
  {
    name: 'execution-realtime',
    what: 'a realtime policy',
    config: base({ process: { scheduler: { policy: 'SCHED_FIFO', priority: 10 } } }),
  },
  {
    name: 'program-propagation',
    way: 'program',
    what: 'binds that follow this machine and that map ids, for terrarium-init',
    config: base({
      linux: { rootfsPropagation: 'rshared' },
      mounts: [
        { destination: '/a', source: '/srv', options: ['rbind', 'rslave', 'rro', 'rnoatime'] },
        { destination: '/b', source: '/srv', options: ['bind', 'shared'] },
        { destination: '/c', source: '/srv', options: ['rbind', 'ridmap'], ...mapped },
        { destination: '/d', type: 'tmpfs', source: 'tmpfs', options: ['tmpcopyup', 'mode=700'] },
      ],
    }),
    sources: { '/srv': 'directory' },
  },
  {
    name: 'program-slave-root',
    way: 'program',
    what: 'a root that follows this machine, for terrarium-init',
    config: base({ linux: { rootfsPropagation: 'rslave' } }),
  },
  {
    name: 'emulated',
    what: 'programs for another processor',
    config: base({
      process: { env: ['PATH=/bin', 'QEMU_STRACE=1', 'QEMUX=1'] },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'ro'] },
      ],
      linux: { readonlyPaths: ['/proc/sys'] },
    }),
    emulated: 'own',
  },
  {
    name: 'program-emulated',
    way: 'program',
    what: 'the same for terrarium-init, with a network of its own',
    config: base({
      namespaces: [...all, 'network', 'user'],
      mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    }),
    emulated: 'own',
  },
  {
    name: 'program-emulated-sysfs',
    way: 'program',
    what: 'the same for terrarium-init, with the network of this machine and its /sys',
    config: base({
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'relatime'] },
      ],
    }),
    emulated: 'own',
  },
  {
    name: 'emulated-by-machine',
    what: 'programs for a processor whose emulator this machine has registered',
    config: base({ process: { env: ['QEMU_LOG=all'] } }),
    emulated: 'machine',
  },
  {
    name: 'hand-emulated-by-machine',
    what: 'the same by hand',
    config: {
      ...base({ process: { env: ['QEMU_LOG=all'] } }),
      annotations: { 'dev.terrarium.root': 'chroot' },
    },
    emulated: 'machine',
  },
  {
    name: 'hand-user',
    what: 'by hand for another user than root',
    config: {
      ...base({ process: { user: { uid: 7, gid: 7 } } }),
      annotations: { 'dev.terrarium.root': 'chroot' },
    },
  },
];

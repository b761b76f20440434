/**
 * The configurations that a new container can start with, for "New Container" and for plain folders.
 * Short enough to read in class; all but `hand` run unchanged under runc and crun (`safe` with id mappings,
 * see `config`).
 */
import { translatable } from '../text/translatable';
import type { IdMapping } from './linuxSchema';
import { safeSeccomp } from './safeSeccomp';
import type { OciConfig } from './schema';

/** How the ids inside a user namespace are seen outside. */
export interface IdMappings {
  readonly uidMappings: IdMapping[];
  readonly gidMappings: IdMapping[];
}

export interface StartingPoint {
  readonly id: 'hand' | 'notes' | 'safe';
  /** For a list to pick from. */
  readonly label: string;
  readonly detail: string;
  /**
   * @param name becomes the host name: `validateName` has passed it
   * @param mappings id mappings of the bundle's maker, which other runtimes require in the file. Terrarium
   *   maps the ids of the user who starts it: a bundle may be copied to another machine, where the
   *   maker's ids belong to another user.
   */
  config(name: string, mappings?: IdMappings): OciConfig;
}

const environment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'TERM=xterm-256color',
];

const devpts = {
  destination: '/dev/pts',
  type: 'devpts',
  source: 'devpts',
  options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
};

/** A new one each time: who scaffolds may change it. */
function shell(): OciConfig['process'] {
  return {
    terminal: true,
    user: { uid: 0, gid: 0 },
    args: ['/bin/sh'],
    env: environment,
    cwd: '/',
  };
}

function fourNamespaces(): OciConfig['linux']['namespaces'] {
  return [{ type: 'pid' }, { type: 'uts' }, { type: 'ipc' }, { type: 'mount' }];
}

/** unshare, mount and chroot, and nothing else: each line of it is a command that one can type. */
const hand: StartingPoint = {
  id: 'hand',
  label: translatable('By hand'),
  detail: translatable('For learning, no boundary: unshare, mount and chroot, as one types them.'),
  config: () => ({
    ociVersion: '1.0.2',
    process: shell(),
    root: { path: 'rootfs' },
    mounts: [{ destination: '/proc', type: 'proc', source: 'none' }],
    linux: { namespaces: fourNamespaces() },
    annotations: { 'dev.terrarium.root': 'chroot' },
  }),
};

const notes: StartingPoint = {
  id: 'notes',
  label: translatable('A root of its own'),
  detail: translatable(
    'To work in: it sees its own files alone (pivot_root). With sudo, root inside is root.',
  ),
  config: (name) => ({
    ociVersion: '1.0.2',
    process: shell(),
    root: { path: 'rootfs' },
    hostname: name,
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      // Without it runc refuses `terminal`, and `tty` knows no name inside.
      devpts,
    ],
    linux: { namespaces: fourNamespaces() },
  }),
};

/** What root keeps in `safe`: its own files, ids and processes, and ports below 1024. */
const capabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
];

const safe: StartingPoint = {
  id: 'safe',
  label: translatable('Safe'),
  detail: translatable(
    'A sandbox: also users and a network of its own, and few rights. Root inside is you.',
  ),
  config: (name, mappings) => ({
    ociVersion: '1.0.2',
    process: {
      ...shell(),
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1024, hard: 4096 }],
      noNewPrivileges: true,
    },
    root: { path: 'rootfs' },
    hostname: name,
    mounts: [
      {
        destination: '/proc',
        type: 'proc',
        source: 'proc',
        options: ['nosuid', 'noexec', 'nodev'],
      },
      {
        destination: '/dev',
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
      },
      devpts,
      {
        destination: '/dev/shm',
        type: 'tmpfs',
        source: 'shm',
        options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
      },
      {
        destination: '/sys',
        type: 'sysfs',
        source: 'sysfs',
        options: ['nosuid', 'noexec', 'nodev', 'ro'],
      },
    ],
    linux: {
      namespaces: [
        { type: 'user' },
        { type: 'pid' },
        { type: 'uts' },
        { type: 'ipc' },
        { type: 'mount' },
        { type: 'cgroup' },
        { type: 'network' },
      ],
      ...mappings,
      maskedPaths: [
        '/proc/acpi',
        '/proc/asound',
        '/proc/kcore',
        '/proc/keys',
        '/proc/latency_stats',
        '/proc/timer_list',
        '/proc/timer_stats',
        '/proc/sched_debug',
        '/proc/scsi',
        '/sys/firmware',
      ],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
      seccomp: safeSeccomp,
    },
    ...(mappings ? { annotations: { 'dev.terrarium.idMappings': 'own' } } : {}),
  }),
};

/** In the order in which they are offered. */
export const startingPoints: readonly StartingPoint[] = [hand, notes, safe];

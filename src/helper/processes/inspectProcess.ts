/**
 * Looks into one process. Called by the process reader, in its thread. Nothing is followed: links are
 * read and not opened, and every list is bounded. What needs the memory of the process goes the way
 * that another thread can take over.
 */
import { readlinkSync } from 'node:fs';
import { type NamespaceType, namespaceTypes } from '../../core/config/namespaceTypes';
import { namesOfCapabilities } from '../../core/procfs/capabilities';
import { parseCmdline } from '../../core/procfs/parseCmdline';
import { hasEnded, parseStat } from '../../core/procfs/parseStat';
import { parseLimits } from '../../core/procfs/parseLimits';
import { parseMountinfo } from '../../core/procfs/parseMountinfo';
import { parseSockets } from '../../core/procfs/parseSockets';
import { parseUnixSockets } from '../../core/procfs/parseUnixSockets';
import { type ProcessStatus, parseStatus, statusNumbers } from '../../core/procfs/parseStatus';
import type { ProcessInspection } from '../../protocol/inspection';
import { limitsInForce } from './limitsInForce';
import type { PidNamespace } from './PidNamespace';
import { numbersIn } from './HostPids';
import { type ProcFiles, type Untold, ifTold } from './ProcFiles';
import { maxAuxv, programOf } from './programOf';
import { livingThread, mayHaveLivingThread } from './livingThread';

/** In the order in which they are told. */
const shownNamespaces = [
  'pid',
  'mount',
  'network',
  'uts',
  'ipc',
  'user',
  'cgroup',
  'time',
] as const satisfies NamespaceType[];

/** Bytes of a file that lists mounts or sockets; the rest is left out. */
const maxList = 256 * 1024;
const [maxFiles, maxMounts, maxSockets, maxLimits, maxText] = [256, 128, 256, 64, 4096];
/** Bytes of a file that the process's own memory answers: command line, environment. */
const maxMemoryFile = 16_000;
/** The host's own list can be long where many containers run. */
const maxMountinfo = 4 * 1024 * 1024;

export interface InspectOptions {
  readonly hostPid: number;
  /** Of the container's PID 1. */
  readonly pid1: number;
  readonly environment: boolean;
  readonly mayReadMemory: boolean;
}

type Part = ProcessInspection['untold'][number]['part'];

/** What the kernel did not tell, by the part of the inspection that lacks it: the first errno of each. */
class UntoldParts {
  readonly #errnos = new Map<Part, string>();

  of(part: Part): Untold {
    return (errno) => {
      if (!this.#errnos.has(part)) this.#errnos.set(part, errno);
    };
  }

  get list(): ProcessInspection['untold'] {
    return [...this.#errnos].map(([part, errno]) => ({ part, errno }));
  }
}

/** @returns undefined where the process was reaped; of a zombie what the kernel still has */
export function inspectProcess(
  namespace: PidNamespace,
  files: ProcFiles,
  { hostPid, pid1, environment, mayReadMemory }: InspectOptions,
): ProcessInspection | undefined {
  const statText = files.readRecord(hostPid, 'stat');
  if (!statText) return undefined;
  const stat = parseStat(statText);
  const thread = mayHaveLivingThread(stat) ? livingThread(files, hostPid)?.tid : undefined;
  const folder = thread === undefined ? '' : `task/${thread}/`;
  const at = `/proc/${hostPid}/${folder}`;
  const untold = new UntoldParts();
  const text = (name: string, part: Part) =>
    files.readOf(hostPid, `${folder}${name}`, maxList, untold.of(part))?.toString('utf8') ?? '';
  const statusText = text('status', 'ids');
  if (statusText === '') return undefined;
  const status = parseStatus(statusText);
  const { capabilities } = status;
  const cgroup = text('cgroup', 'cgroup');
  const open = openFiles(at, untold.of('files'));
  const inodes = new Set(open.entries.flatMap(({ target }) => socketInode(target) ?? []));
  const places = links(at, untold.of('places'));
  const mountinfo = text('mountinfo', 'mounts');
  const rootIs = whoseRoot(places.root, mountinfo, files);
  const memory = (name: string, part: Part) => {
    if (!mayReadMemory) return '';
    const read = files.readMemory(hostPid, `${folder}${name}`, maxMemoryFile, untold.of(part));
    return read?.toString('utf8') ?? '';
  };
  const argv = () => {
    if (!mayReadMemory) return {};
    const cmdline = files.readMemory(hostPid, `${folder}cmdline`, maxMemoryFile);
    const isWhole = cmdline && cmdline.length > 0 && cmdline.length < maxMemoryFile;
    if (!isWhole) return {};
    const program = programOf(parseCmdline(cmdline), at, () =>
      files.readMemory(hostPid, `${folder}auxv`, maxAuxv),
    );
    return { argv: [...program.argv] };
  };
  return {
    ended: thread === undefined && hasEnded(stat.state),
    ...(thread === undefined ? {} : { thread: namespace.numberInside(status) }),
    ...argv(),
    ...places,
    ...(rootIs === undefined ? {} : { rootIs }),
    namespaces: shownNamespaces.flatMap((one) => {
      const { file: type } = namespaceTypes[one];
      const inode = inodeOf(`${at}ns/${type}`, untold.of('namespaces'));
      if (inode === undefined) return [];
      const isHosts = inode === inodeOf(`/proc/self/ns/${type}`);
      return [{ type, inode, isHosts, isPid1s: inode === inodeOf(`/proc/${pid1}/ns/${type}`) }];
    }),
    ids: ids(namespace, status),
    groups: statusNumbers(statusText, 'Groups')
      .slice(0, 256)
      .map((group) => namespace.gidInside(group)),
    capabilities: {
      effective: namesOfCapabilities(capabilities.effective),
      permitted: namesOfCapabilities(capabilities.permitted),
      inheritable: namesOfCapabilities(capabilities.inheritable),
      bounding: namesOfCapabilities(capabilities.bounding),
      ambient: namesOfCapabilities(capabilities.ambient),
    },
    noNewPrivileges: status.noNewPrivileges,
    seccomp: seccompOf(statusText),
    cgroup: cgroup.split('\n').filter(Boolean).slice(0, 32).map(short),
    cgroupLimits: cgroupLimits(files, cgroup),
    limits: parseLimits(text('limits', 'limits')).slice(0, 64),
    files: open,
    sockets: inodes.size === 0 ? [] : sockets((name) => text(name, 'sockets'), inodes),
    mounts: mounts(mountinfo),
    memory: [...memory('smaps_rollup', 'memory').matchAll(/^(\w+):\s+(\d+) kB$/gm)]
      .slice(0, 64)
      .map(([, name, kib]) => ({ name: name!, kib: Number(kib) })),
    ...(environment
      ? {
          environment: memory('environ', 'environment')
            .split('\0')
            .filter(Boolean)
            .slice(0, 1024)
            .map(short),
        }
      : {}),
    heldUp: !mayReadMemory,
    untold: untold.list,
  };
}

function links(at: string, untold: Untold): Pick<ProcessInspection, 'exe' | 'cwd' | 'root'> {
  const [exe, cwd, root] = ['exe', 'cwd', 'root'].map((name) => linkOf(`${at}${name}`, untold));
  return {
    ...(exe === undefined ? {} : { exe }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(root === undefined ? {} : { root }),
  };
}

/** By what is mounted at the root of its mount namespace: the link alone says "/" of any. */
function whoseRoot(
  root: string | undefined,
  mountinfo: string,
  files: ProcFiles,
): ProcessInspection['rootIs'] {
  if (root === undefined || mountinfo === '') return undefined;
  if (root !== '/') return 'folder';
  const own = files.read('/proc/self/mountinfo', maxMountinfo)?.toString('utf8') ?? '';
  const [here, there] = [mountinfo, own].map((text) =>
    parseMountinfo(whole(text)).findLast(({ mountPoint }) => mountPoint === '/'),
  );
  if (!here || !there) return undefined;
  return here.device === there.device && here.root === there.root ? 'host' : 'own';
}

/** What a link of the kernel says; nothing is opened. */
function linkOf(path: string, untold?: Untold): string | undefined {
  return ifTold(() => short(readlinkSync(path)), untold);
}

function inodeOf(path: string, untold?: Untold): string | undefined {
  return /\[(\d+)\]$/.exec(linkOf(path, untold) ?? '')?.[1];
}

function socketInode(target: string): string | undefined {
  return /^socket:\[(\d+)\]$/.exec(target)?.[1];
}

function ids(namespace: PidNamespace, { uid, gid }: ProcessStatus): ProcessInspection['ids'] {
  const kinds = ['real', 'effective', 'saved', 'filesystem'] as const;
  return kinds.flatMap((kind) => [
    { of: `${kind} user`, inside: namespace.uidInside(uid[kind]), outside: uid[kind] },
    { of: `${kind} group`, inside: namespace.gidInside(gid[kind]), outside: gid[kind] },
  ]);
}

function seccompOf(status: string): ProcessInspection['seccomp'] {
  const [mode] = statusNumbers(status, 'Seccomp'); // PR_GET_SECCOMP(2const)
  return mode === 1 ? 'strict' : mode === 2 ? 'filter' : 'disabled';
}

function openFiles(at: string, untold: Untold): ProcessInspection['files'] {
  const numbers = (ifTold(() => numbersIn(`${at}fd`), untold) ?? []).sort((a, b) => a - b);
  const entries = numbers.slice(0, maxFiles).flatMap((fd) => {
    const target = linkOf(`${at}fd/${fd}`); // closed meanwhile
    return target === undefined ? [] : [{ fd, target }];
  });
  return { entries, total: numbers.length };
}

function sockets(text: (name: string) => string, inodes: Set<string>) {
  const internet = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
    parseSockets(text(`net/${protocol}`)).map((socket) => ({ ...socket, protocol })),
  );
  const unix = parseUnixSockets(text('net/unix')).map((socket) => ({
    ...socket,
    protocol: `unix ${socket.type}`,
  }));
  return [...internet, ...unix]
    .filter(({ inode }) => inodes.has(inode))
    .slice(0, maxSockets)
    .map(({ protocol, local, remote, state }) => ({
      protocol,
      local: short(local),
      remote,
      state,
    }));
}

function cgroupLimits(files: ProcFiles, membership: string): ProcessInspection['cgroupLimits'] {
  const read = (path: string, limit: number) => files.read(path, limit)?.toString('utf8');
  const mountinfo = files.read('/proc/self/mountinfo', maxMountinfo)?.toString('utf8') ?? '';
  const found = limitsInForce(membership, parseMountinfo(whole(mountinfo)), read);
  return found.slice(0, maxLimits).map((limit) => ({ ...limit, cgroup: short(limit.cgroup) }));
}

/** The last line of a file that was cut is none. */
function whole(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function mounts(text: string): ProcessInspection['mounts'] {
  const all = parseMountinfo(whole(text));
  const entries = all.slice(0, maxMounts).map(({ mountPoint, type, source, options }) => ({
    place: short(mountPoint),
    type: short(type),
    source: short(source),
    options: short(options.join(',')),
  }));
  return { entries, total: all.length };
}

function short(text: string): string {
  return text.slice(0, maxText);
}

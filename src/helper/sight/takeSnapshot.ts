/** Reads from the kernel what one process sees. Called before and after each command of a lesson, and for the table of sights. */
import { readdir, readlink, stat } from 'node:fs/promises';
import { codeOf } from '../../core/fs/codeOf';
import { namesOfCapabilities } from '../../core/procfs/capabilities';
import { type IdExtent, idInside, parseIdMap } from '../../core/procfs/parseIdMap';
import { parseMountinfo } from '../../core/procfs/parseMountinfo';
import { parseStatus } from '../../core/procfs/parseStatus';
import {
  type ProcessSnapshot,
  type SnapshotMount,
  maxSnapshotMounts,
  snapshotNamespaces,
} from '../../protocol/snapshot';
import { boundedReads } from '../processes/BoundedReads';
import { readStat } from '../processes/readStat';
import { type Hostname, type HostnamePlace, hostnameOf } from './hostnameOf';
import { UntoldFields, namespaceInode, readProc } from './procText';

/** Bytes: the host's own list can be long where many containers run. */
const [maxMountinfo, maxFile, maxText] = [4 * 1024 * 1024, 256 * 1024, 4096];

export interface SnapshotOptions {
  /** Leaves out what costs most and is long: mounts, procfs, cgroup and working directory. */
  readonly brief?: boolean;
  /** How the hostname is found out. @param uts the inode of its UTS namespace */
  readonly hostname?: (place: HostnamePlace, uts: string | undefined) => Promise<Hostname>;
}

/** All of it, in milliseconds: some twenty files and a program that asks for the hostname, on a busy machine. */
const wholeMs = 3000;

/**
 * @param pid as this helper's /proc counts it
 * @returns undefined where it has ended, or keeps its readers waiting (BoundedReads.ts)
 */
export function takeSnapshot(
  pid: number,
  options: SnapshotOptions = {},
): Promise<ProcessSnapshot | undefined> {
  return boundedReads.ask(pid, () => snapshotOf(pid, options), options.brief ? undefined : wholeMs);
}

async function snapshotOf(
  pid: number,
  { brief = false, hostname = hostnameOf }: SnapshotOptions,
): Promise<ProcessSnapshot | undefined> {
  const at = `/proc/${pid}`;
  const untold = new UntoldFields();
  const ask = <T>(field: string, read: () => Promise<T>) => untold.ask(field, read);
  const askLong: typeof ask = (field, read) =>
    brief ? Promise.resolve(undefined) : ask(field, read);
  const first = await readStat(at);
  const statusText = await ask('status', () => readProc(`${at}/status`, maxFile));
  if (!first || !statusText?.length) return undefined;
  const status = parseStatus(statusText);
  const mapOf = (field: string, file: string) =>
    ask(field, async () => parseIdMap(await readProc(`${at}/${file}`, maxFile)));
  const [namespaces, bornElsewhere, rootPath, rootIsHosts, cwd, mounts, procfs, cgroup] =
    await Promise.all([
      namespacesOf(pid, untold),
      ask('bornElsewhere', () => isBornElsewhere(pid)),
      ask('root', () => linkOf(`${at}/root`)),
      ask('root', () => isSameFolder(`${at}/root/.`, '/')),
      askLong('cwd', () => linkOf(`${at}/cwd`)),
      askLong('mounts', async () => mountsOf(await readProc(`${at}/mountinfo`, maxMountinfo))),
      askLong('procfs', () => procfsOf(`${at}/root/proc`)),
      askLong('cgroup', async () => linesOf(await readProc(`${at}/cgroup`, maxFile))),
    ]);
  const [uidMap, gidMap] = [await mapOf('uidMap', 'uid_map'), await mapOf('gidMap', 'gid_map')];
  const isHosts = (type: string) => namespaces.find((one) => one.type === type)?.isHosts;
  const parent = await readStat(`/proc/${status.ppid}`);
  const host = await hostname(
    {
      pid,
      isHosts: isHosts('uts') === true,
      mayEnterUsers: isHosts('pid') === false || rootIsHosts === true,
    },
    namespaces.find(({ type }) => type === 'uts')?.inode,
  );
  // Ended meanwhile: the parts could be of two processes.
  if ((await readStat(at))?.startTime !== first.startTime) return undefined;
  if ('unknown' in host) untold.note('hostname', host.unknown);
  const ids = (map: IdExtent[] | undefined, outside: number) => ({
    // From inside itself a user namespace's map names the ids of its parent instead.
    inside: map === undefined || isHosts('user') === true ? outside : idInside(map, outside),
    outside,
  });
  return {
    ...{ pid, startTime: first.startTime, name: status.name.slice(0, 64) },
    parent: { pid: status.ppid, ...(parent && { name: parent.comm }) },
    pids: [...status.nsPids],
    namespaces,
    ...(bornElsewhere !== undefined && { bornElsewhere }),
    ...(rootPath !== undefined && {
      root: { path: rootPath, ...(rootIsHosts !== undefined && { isHosts: rootIsHosts }) },
    }),
    ...(cwd !== undefined && { cwd }),
    ...(mounts && { mounts }),
    ...(procfs && { procfs }),
    ...('name' in host && { hostname: host.name.trimEnd() }),
    uid: ids(uidMap, status.uid.effective),
    gid: ids(gidMap, status.gid.effective),
    ...(uidMap && { uidMap }),
    ...(gidMap && { gidMap }),
    capabilities: {
      effective: namesOfCapabilities(status.capabilities.effective),
      bounding: namesOfCapabilities(status.capabilities.bounding),
    },
    ...(cgroup && { cgroup }),
    untold: untold.list,
  };
}

async function linkOf(path: string): Promise<string> {
  return (await readlink(path)).slice(0, maxText);
}

/** Of the children of a process. A PID namespace without a first process has no link yet: ENOENT. */
async function isBornElsewhere(pid: number): Promise<boolean> {
  const own = await namespaceInode(pid, 'pid');
  const childrens = await namespaceInode(pid, 'pid_for_children').catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  return childrens !== own;
}

async function namespacesOf(
  pid: number,
  untold: UntoldFields,
): Promise<ProcessSnapshot['namespaces']> {
  const found = await Promise.all(
    snapshotNamespaces.map(async (type) => {
      const inode = await untold.ask('namespaces', () => namespaceInode(pid, type));
      return inode && { type, inode, isHosts: inode === (await namespaceInode('self', type)) };
    }),
  );
  return found.filter((one) => one !== undefined && one !== '');
}

/** Both through what they are, not what they are called: chroot(2) and pivot_root(2) change that alone. */
async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)]);
  return a.dev === b.dev && a.ino === b.ino;
}

/** The last line of a file that was cut is none. */
function mountsOf(content: Buffer): NonNullable<ProcessSnapshot['mounts']> {
  const all = parseMountinfo(content.subarray(0, content.lastIndexOf('\n') + 1));
  const entries = all
    .slice(0, maxSnapshotMounts)
    .map(({ mountPoint, type, source, root, options, propagation }): SnapshotMount => ({
      place: mountPoint.slice(0, maxText),
      type: type.slice(0, maxText),
      source: source.slice(0, maxText),
      root: root.slice(0, maxText),
      options: options.join(',').slice(0, maxText),
      isShared: propagation.some(
        (word) => word.startsWith('shared:') || word.startsWith('master:'),
      ),
    }));
  return { entries, total: all.length };
}

/** Procfs has no process without a name that is a number, and PID 1 is listed in each. */
async function procfsOf(folder: string): Promise<ProcessSnapshot['procfs']> {
  const [{ dev }, names] = await Promise.all([stat(folder), readdir(folder)]);
  const processes = names.filter((name) => /^\d+$/.test(name)).length;
  return { device: String(dev), processes };
}

function linesOf(content: Buffer): string[] {
  const lines = content.toString('utf8').split('\n').filter(Boolean);
  return lines.slice(0, 32).map((line) => line.slice(0, maxText));
}
